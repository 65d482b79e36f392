import type * as api from "../../api/index.ts";
import { decompressed } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";
import { type Digest, hexOf } from "../../oci/digest.ts";
import { parsePlatform } from "../../oci/platform.ts";
import { familiarReference, formatReference, type Reference } from "../../oci/reference.ts";
import { dockerImages } from "./docker-archive.ts";
import { emit } from "./events.ts";
import { withLease } from "./garbage.ts";
import type { Lease } from "./leases.ts";
import { type ArchivedImage, imagesFor, layoutImages } from "./oci-layout.ts";
import { progressMessage, progressOf, type Report } from "./progress.ts";
import { registerImages } from "./register.ts";
import type { ImageRooms } from "./rooms.ts";
import { type SpooledArchive, spoolArchive } from "./spool.ts";
import type { PackedLayer } from "./staged-layer.ts";
import { Staging } from "./staging.ts";
import { mainImage } from "./summary.ts";
import { unpackLayers } from "./unpack.ts";

/**
 * Takes in the images of a Docker archive or an OCI layout, which its content tells, plain or compressed. All of
 * them, or those for the `platforms`, come into view at once and durably, or none does.
 */
export function loadImages(
  rooms: ImageRooms,
  archive: AsyncIterable<Uint8Array>,
  { platforms = [] }: { platforms?: readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<api.ProgressMessage> {
  const wanted = platforms.map(parsePlatform);
  return progressOf((report) =>
    withLease(rooms, async (lease) => {
      await using staging = new Staging(rooms, signal);
      const spooled = await spoolArchive(rooms, decompressed(archive, signal), lease, staging);
      const images = imagesFor(await imagesOf(rooms, spooled, lease), wanted);
      const sizes = await unpackLayers(rooms, images.map(layersOf), lease, staging, (layer, read, size) =>
        report(progressMessage(hexOf(layer.diffID).slice(0, 12), "Loading layer", read, size)),
      );
      announceMoves(rooms, images, report);
      registerImages(
        rooms,
        images.map((archived, at) => ({ ...archived, layerSizes: sizes[at] ?? [] })),
      );
      announce(rooms, images, report);
    }),
  );
}

async function imagesOf(rooms: ImageRooms, archive: SpooledArchive, lease: Lease): Promise<ArchivedImage[]> {
  const { documents } = archive;
  if (documents.has("oci-layout") && documents.has("index.json"))
    return await layoutImages(rooms, archive, lease);
  if (documents.has("manifest.json")) {
    return (await dockerImages(rooms, archive, lease)).map((image) => ({ image }));
  }
  throw invalid(
    "invalid archive: does not contain a manifest.json: neither a Docker archive nor an OCI layout; " +
      "use import for the archive of a root file system",
  );
}

function layersOf({ image: { config, layers } }: ArchivedImage): PackedLayer[] {
  const diffIDs = config.rootfs.diff_ids;
  return layers.map(({ digest }, index) => ({ digest, diffID: diffIDs[index] as Digest }));
}

function announceMoves({ images }: ImageRooms, loaded: readonly ArchivedImage[], report: Report): void {
  const ids = new Set<Digest>(loaded.map(({ image }) => image.configDescriptor.digest));
  for (const reference of referencesOf(loaded)) {
    const former = images.target(formatReference(reference));
    if (former === undefined || former.images.some((id) => ids.has(id))) continue;
    const name = familiarReference(reference);
    const { id } = mainImage(images, former);
    report({
      stream: `The image ${name} already exists, renaming the old one with ID ${id} to empty string\n`,
    });
  }
}

function announce(rooms: ImageRooms, loaded: readonly ArchivedImage[], report: Report): void {
  for (const reference of referencesOf(loaded))
    report({ stream: `Loaded image: ${familiarReference(reference)}\n` });
  for (const { image } of loaded) {
    const id = image.configDescriptor.digest;
    if (image.references.length === 0) report({ stream: `Loaded image ID: ${id}\n` });
    emit(rooms, "load", id, id);
  }
}

/** Each once: the images of one index have the same. */
function referencesOf(loaded: readonly ArchivedImage[]): Reference[] {
  const all = loaded.flatMap(({ image }) => image.references);
  return [...new Map(all.map((reference) => [formatReference(reference), reference])).values()];
}
