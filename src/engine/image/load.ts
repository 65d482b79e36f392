import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { hexOf } from "../../oci/digest.ts";
import { familiarReference, formatReference } from "../../oci/reference.ts";
import { decompressed } from "./decompress.ts";
import { dockerImages } from "./docker-archive.ts";
import { emit } from "./events.ts";
import { withLease } from "./garbage.ts";
import type { Lease } from "./leases.ts";
import { layoutImages } from "./oci-layout.ts";
import type { PackedImage } from "./packed.ts";
import { progressMessage, progressOf, type Report } from "./progress.ts";
import { registerImages } from "./register.ts";
import type { ImageRooms } from "./rooms.ts";
import { type SpooledArchive, spoolArchive } from "./spool.ts";
import { type PackedLayer, syncStorage, unpackLayers } from "./unpack.ts";

/**
 * Takes in the images of a Docker archive or an OCI layout, which its content tells, plain or compressed. All of
 * them come into view at once and durably, or none does.
 */
export function loadImages(
  rooms: ImageRooms,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<api.ProgressMessage> {
  return progressOf((report) =>
    withLease(rooms, async (lease) => {
      const spooled = await spoolArchive(rooms, decompressed(archive, signal), lease, signal);
      const images = await imagesOf(rooms, spooled, lease);
      const sizes: number[][] = [];
      for (const image of images) sizes.push(await unpack(rooms, image, lease, report, signal));
      await syncStorage(rooms);
      announceMoves(rooms, images, report);
      registerImages(
        rooms,
        images.map((image, index) => ({ image, layerSizes: sizes[index] ?? [] })),
      );
      for (const image of images) announce(rooms, image, report);
    }),
  );
}

async function imagesOf(rooms: ImageRooms, archive: SpooledArchive, lease: Lease): Promise<PackedImage[]> {
  const { documents } = archive;
  if (documents.has("oci-layout") && documents.has("index.json")) return await layoutImages(rooms, archive);
  if (documents.has("manifest.json")) return await dockerImages(rooms, archive, lease);
  throw invalid(
    "invalid archive: does not contain a manifest.json: neither a Docker archive nor an OCI layout; " +
      "use import for the archive of a root file system",
  );
}

async function unpack(
  rooms: ImageRooms,
  { config, layers }: PackedImage,
  lease: Lease,
  report: Report,
  signal: AbortSignal,
): Promise<number[]> {
  const packed = layers.map(({ digest }, index) => ({ digest, diffID: config.rootfs.diff_ids[index] }));
  return await unpackLayers(rooms, packed as PackedLayer[], lease, {
    signal,
    onProgress: ({ diffID }, read, size) =>
      report(progressMessage(hexOf(diffID).slice(0, 12), "Loading layer", read, size)),
  });
}

function announceMoves({ images }: ImageRooms, loaded: readonly PackedImage[], report: Report): void {
  for (const { references, configDescriptor } of loaded) {
    for (const reference of references) {
      const former = images.find(formatReference(reference))?.id;
      if (former === undefined || former === configDescriptor.digest) continue;
      const name = familiarReference(reference);
      const stream = `The image ${name} already exists, renaming the old one with ID ${former} to empty string\n`;
      report({ stream });
    }
  }
}

function announce(rooms: ImageRooms, { references, configDescriptor }: PackedImage, report: Report): void {
  const id = configDescriptor.digest;
  for (const reference of references) report({ stream: `Loaded image: ${familiarReference(reference)}\n` });
  if (references.length === 0) report({ stream: `Loaded image ID: ${id}\n` });
  emit(rooms, "load", id, id);
}
