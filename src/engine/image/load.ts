import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { type Digest, hexOf } from "../../oci/digest.ts";
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
import type { PackedLayer } from "./staged-layer.ts";
import { Staging } from "./staging.ts";
import { unpackLayers } from "./unpack.ts";

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
      await using staging = new Staging(rooms, signal);
      const spooled = await spoolArchive(rooms, decompressed(archive, signal), lease, staging);
      const images = await imagesOf(rooms, spooled, lease);
      const sizes = await unpackLayers(rooms, images.map(layersOf), lease, staging, (layer, read, size) =>
        report(progressMessage(hexOf(layer.diffID).slice(0, 12), "Loading layer", read, size)),
      );
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

function layersOf({ config, layers }: PackedImage): PackedLayer[] {
  const diffIDs = config.rootfs.diff_ids;
  return layers.map(({ digest }, index) => ({ digest, diffID: diffIDs[index] as Digest }));
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
