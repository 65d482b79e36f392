import { tarHeader, type WritableEntry, writeTar } from "../../archive/index.ts";
import { hexOf } from "../../oci/digest.ts";
import { type Descriptor, type Index, mediaTypes } from "../../oci/image.ts";
import { familiarReference, formatReference, type Reference } from "../../oci/reference.ts";
import { filePieces } from "../../os/file-pieces.ts";
import type { BuildJob } from "../job.ts";
import type { MadeImage } from "./image.ts";

/** Images, and the index of those for several platforms, as one archive. */
export interface ArchivedImages {
  readonly images: readonly MadeImage[];
  readonly index: Descriptor | undefined;
  /** Of the descriptor that names them. */
  readonly annotations?: Record<string, string>;
  readonly references: readonly Reference[];
}

/** An OCI layout as a tar archive; as a Docker archive it has a manifest.json, too, for `docker load`. */
export async function* imageArchive(
  { rooms, signal }: BuildJob,
  what: readonly ArchivedImages[],
  { docker }: { docker: boolean },
): AsyncGenerator<Uint8Array> {
  const { content } = rooms.open.imageRooms;
  for await (const chunk of writeTar(entries((digest) => content.path(digest), what, docker))) {
    signal.throwIfAborted();
    yield chunk;
  }
}

const pathOf = ({ digest }: Pick<Descriptor, "digest">): string => `blobs/sha256/${hexOf(digest)}`;

function* entries(
  place: (digest: Descriptor["digest"]) => string,
  what: readonly ArchivedImages[],
  docker: boolean,
): Generator<WritableEntry> {
  for (const name of ["blobs", "blobs/sha256"]) yield { header: tarHeader({ name, type: "directory" }) };
  const all = what.flatMap(({ images, index }) => [
    ...images.flatMap(({ image }) => [image.manifest, image.configDescriptor, ...image.layers]),
    ...(index === undefined ? [] : [index]),
  ]);
  const blobs = new Map(all.map((blob) => [blob.digest, blob]));
  for (const blob of [...blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1))) {
    const header = tarHeader({ name: pathOf(blob), size: blob.size });
    yield blob.size === 0 ? { header } : { header, body: filePieces(place(blob.digest)) };
  }
  yield json("index.json", indexOf(what));
  if (docker) yield json("manifest.json", dockerManifest(what));
  yield json("oci-layout", { imageLayoutVersion: "1.0.0" });
}

function json(name: string, value: unknown): WritableEntry {
  const body = Buffer.from(JSON.stringify(value));
  return { header: tarHeader({ name, size: body.length }), body };
}

function indexOf(what: readonly ArchivedImages[]): Index {
  const manifests = what.flatMap(({ images, index, references, annotations = {} }) => {
    const created = images[0]?.image.config.created;
    const common = {
      ...(created === undefined ? {} : { "org.opencontainers.image.created": created }),
      ...annotations,
    };
    const tops =
      index === undefined ? images.map(({ image, platform }) => ({ ...image.manifest, platform })) : [index];
    if (references.length === 0) return tops.map((top) => ({ ...top, annotations: common }));
    return tops.flatMap((top) =>
      references.map((reference) => ({
        ...top,
        annotations: {
          ...common,
          "io.containerd.image.name": formatReference(reference),
          "org.opencontainers.image.ref.name": reference.tag ?? "latest",
        },
      })),
    );
  });
  return { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
}

function dockerManifest(what: readonly ArchivedImages[]): unknown[] {
  return what.flatMap(({ images, references }) =>
    images.map(({ image }) => ({
      Config: pathOf(image.configDescriptor),
      RepoTags: references.length > 0 ? references.map(familiarReference) : null,
      Layers: image.layers.map(pathOf),
    })),
  );
}
