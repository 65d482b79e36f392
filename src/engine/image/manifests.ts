import type * as api from "../../api/index.ts";
import type { Target, TargetManifest } from "../../images/index.ts";
import type { Descriptor } from "../../oci/image.ts";
import { attestedBy, mayRun } from "./packed-index.ts";
import type { ImageRooms } from "./rooms.ts";

/** The manifests that a target leads to, those that are not here, too. */
export function manifestSummaries(rooms: ImageRooms, target: Target): api.ImageManifestSummary[] {
  return target.record.manifests.map((manifest) => summarise(rooms, manifest));
}

function summarise(rooms: ImageRooms, manifest: TargetManifest): api.ImageManifestSummary {
  const { descriptor, blobs } = manifest;
  const image = manifest.image === undefined ? undefined : rooms.images.get(manifest.image);
  const attested = attestedBy(descriptor);
  const Content = sizeOf(blobs ?? []);
  const base = {
    ID: descriptor.digest,
    Descriptor: descriptor,
    Available: blobs !== undefined,
    Size: { Content, Total: Content + (image?.size ?? 0) },
  };
  if (attested !== undefined) return { ...base, Kind: "attestation", AttestationData: { For: attested } };
  if (image === undefined && !mayRun(descriptor) && descriptor.platform === undefined) {
    return { ...base, Kind: "unknown" };
  }
  const { os = "", architecture = "", variant } = descriptor.platform ?? image?.config ?? {};
  const Platform = { architecture, os, ...(variant ? { variant } : {}) };
  const containers = rooms.users().filter(({ imageId }) => image !== undefined && imageId === image.id);
  const ImageData = {
    Platform,
    Size: { Unpacked: image?.size ?? 0 },
    Containers: containers.map(({ id }) => id),
  };
  return { ...base, Kind: "image", ImageData };
}

function sizeOf(blobs: readonly Descriptor[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}
