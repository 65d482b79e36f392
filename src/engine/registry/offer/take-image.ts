import { SlipwayError } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Manifest } from "../../../oci/image.ts";
import { familiarReference, type Reference } from "../../../oci/reference.ts";
import { asManifest, isObject, readDocument } from "../../image/documents.ts";
import { emit } from "../../image/events.ts";
import { packedImage } from "../../image/packed.ts";
import { registerImages } from "../../image/register.ts";
import { Staging } from "../../image/staging.ts";
import { unpackLayers } from "../../image/unpack.ts";
import { hasForeignLayers } from "./parts.ts";
import type { Putting, Taken } from "./putting.ts";

/** Makes an image of a manifest whose blobs are here, unless it is of another kind or its content belies it. */
export async function takeImage(putting: Putting): Promise<Taken> {
  const { rooms, descriptor, document } = putting;
  const manifest = asManifest(document, descriptor.digest);
  if (!claimsToBeImage(manifest)) return { isImage: false };
  if (hasForeignLayers(manifest)) return { isImage: false, warning: "some of its layers are elsewhere" };
  const config = await readDocument(rooms.content, manifest.config.digest, "the image configuration");
  const system = isObject(config) && config.os ? String(config.os) : "linux";
  if (system !== "linux") return { isImage: false, warning: `it is for ${system}` };
  try {
    await register(putting, manifest);
    return { isImage: true };
  } catch (error) {
    // What does not fit together is no image of this host; a registry keeps it for others nevertheless.
    if (error instanceof SlipwayError && error.kind === "invalid")
      return { isImage: false, warning: error.message };
    throw error;
  }
}

async function register(putting: Putting, manifest: Manifest): Promise<void> {
  const { rooms, descriptor, references, lease, signal } = putting;
  const image = await packedImage(rooms, descriptor, manifest, references);
  const layers = image.layers.map(({ digest }, at) => ({
    digest,
    diffID: image.config.rootfs.diff_ids[at] as Digest,
  }));
  await using staging = new Staging(rooms, signal);
  const [layerSizes = []] = await unpackLayers(rooms, [layers], lease, staging);
  registerImages(rooms, [{ image, layerSizes }]);
  announce(putting, [image.configDescriptor.digest]);
}

/** Tells that images came, by the name that they came under. */
export function announce({ rooms, references }: Putting, ids: readonly Digest[]): void {
  for (const id of ids) emit(rooms, "load", id, familiarReference(references[0] as Reference));
}

function claimsToBeImage(manifest: Manifest): boolean {
  return !("artifactType" in manifest) && /image|octet-stream/.test(manifest.config.mediaType);
}
