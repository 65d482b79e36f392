import type * as api from "../../api/index.ts";
import { diffLayer } from "../../layers/index.ts";
import { isDigest } from "../../oci/digest.ts";
import { familiarReference, parseRepositoryAndTag } from "../../oci/reference.ts";
import type { ImageLookup, ResolvedImage } from "../context.ts";
import { commitConfig, commitImage } from "./commit.ts";
import { findImage } from "./find.ts";
import { executionConfig } from "./inspect.ts";
import type { ImageRooms } from "./rooms.ts";
import { descriptorOf } from "./summary.ts";

/** What containers ask of images. */
export function imageLookup(rooms: ImageRooms): ImageLookup {
  const { images, snapshots } = rooms;
  return {
    async resolve(reference: string, platform?: string): Promise<ResolvedImage> {
      const image = findImage(images, reference, platform);
      const { os, architecture } = image.config;
      const chain = image.chainID === undefined ? {} : { chainId: image.chainID };
      return { id: image.id, config: executionConfig(image), os, architecture, ...chain };
    },
    descriptor(id: string): api.ImageDescriptor | undefined {
      const image = isDigest(id) ? images.get(id) : undefined;
      return image === undefined ? undefined : descriptorOf(image.record.manifest, image);
    },
    descendants(reference: string): string[] {
      const target = images.target(reference);
      const found = target === undefined ? [] : images.imagesOf(target);
      for (const made of found) {
        const bases = made.config.rootfs.diff_ids;
        found.push(
          ...images.all().filter((other) => {
            const layers = other.config.rootfs.diff_ids;
            return (
              !found.includes(other) && bases.length > 0 && bases.every((id, index) => layers[index] === id)
            );
          }),
        );
      }
      return found.map(({ id }) => id);
    },
    currentName({ reference, id }): string {
      return images.target(reference)?.images.some((image) => image === id) ? reference : id;
    },
    async commit({ id, image, config }, { config: replacement, changes, comment, author, repo, tag }) {
      // Absent, not undefined, where the client said nothing.
      const given = { comment, author, repo, tag };
      const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const layer = diffLayer(snapshots.directory(id));
      const base = { parent: image.id, layer, config: commitConfig(config, replacement), changes };
      const made = await commitImage(rooms, { ...base, ...options }, new AbortController().signal);
      return repo
        ? { id: made, reference: familiarReference(parseRepositoryAndTag(repo, tag)) }
        : { id: made };
    },
  };
}
