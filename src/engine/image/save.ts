import { type TarHeader, tarHeader, type WritableEntry, writeTar } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";
import { type Digest, digestOf, hexOf } from "../../oci/digest.ts";
import { type Descriptor, type Index, mediaTypes } from "../../oci/image.ts";
import { familiarName, familiarReference, formatReference } from "../../oci/reference.ts";
import { filePieces } from "../../os/file-pieces.ts";
import { emit } from "./events.ts";
import type { ImageRooms } from "./rooms.ts";
import { type Selected, select } from "./selection.ts";

/**
 * One archive that is a Docker archive and an OCI layout at once, as Docker 25 and later write it. The same images
 * give the same bytes. Images are kept from being deleted until the archive ends. A chunk holds until the next but one
 * is asked for.
 */
export function saveImages(
  rooms: ImageRooms,
  refs: readonly string[],
  { platforms = [] }: { platforms?: readonly string[] },
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  if (refs.length === 0) throw invalid("no image given: name the images to save");
  const selected = select(rooms.images, refs, platforms);
  return write(rooms, selected, signal);
}

async function* write(
  rooms: ImageRooms,
  selected: Selected[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const lease = rooms.leases.open();
  try {
    for (const { digest } of selected.flatMap(({ blobs }) => blobs)) {
      lease.blobs.add(digest);
      // Fails before the first byte rather than amid the archive.
      await rooms.content.info(digest);
    }
    for await (const chunk of writeTar(entries(rooms, selected))) {
      signal.throwIfAborted();
      yield chunk;
    }
    for (const { image } of selected) emit(rooms, "save", image.id, image.id);
  } finally {
    rooms.leases.close(lease);
  }
}

function* entries({ content }: ImageRooms, selected: readonly Selected[]): Generator<WritableEntry> {
  yield { header: directory("blobs") };
  yield { header: directory("blobs/sha256") };
  const blobs = new Map(selected.flatMap((each) => each.blobs).map((blob) => [blob.digest, blob]));
  for (const { digest, size } of [...blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1))) {
    const header = tarHeader({ name: pathOf(digest), size });
    yield size === 0 ? { header } : { header, body: filePieces(content.path(digest)) };
  }
  yield json("index.json", indexOf(selected));
  yield json("manifest.json", manifestOf(selected));
  yield json("oci-layout", { imageLayoutVersion: "1.0.0" });
  const repositories = repositoriesOf(selected);
  if (Object.keys(repositories).length > 0) yield json("repositories", repositories);
}

function directory(name: string): TarHeader {
  return tarHeader({ name, type: "directory" });
}

function json(name: string, value: unknown): WritableEntry {
  const body = Buffer.from(JSON.stringify(value));
  return { header: tarHeader({ name, size: body.length }), body };
}

function pathOf(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

function indexOf(selected: readonly Selected[]): Index {
  const manifests = selected.flatMap(({ descriptor: { mediaType, digest, size, platform }, references }) => {
    const descriptor: Descriptor = { mediaType, digest, size, ...(platform ? { platform } : {}) };
    if (references.length === 0) return [descriptor];
    return references.map((reference) => ({
      ...descriptor,
      annotations: {
        "io.containerd.image.name": formatReference(reference),
        "org.opencontainers.image.ref.name": reference.tag ?? "latest",
      },
    }));
  });
  return { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
}

function manifestOf(selected: readonly Selected[]): unknown[] {
  return selected.map(({ image, layers, references }) => ({
    Config: pathOf(image.id),
    RepoTags: references.length > 0 ? references.map(familiarReference) : null,
    Layers: layers.map(({ digest }) => pathOf(digest)),
  }));
}

/** What Docker read before version 1.10: a repository's tags and their topmost layers. */
function repositoriesOf(selected: readonly Selected[]): Record<string, Record<string, string>> {
  const repositories: Record<string, Record<string, string>> = {};
  for (const { layers, references } of selected) {
    const top = layers.at(-1)?.digest ?? digestOf("");
    for (const reference of references) {
      const name = familiarName(reference);
      repositories[name] = { ...repositories[name], [reference.tag ?? "latest"]: hexOf(top) };
    }
  }
  return repositories;
}
