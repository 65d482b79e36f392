import { invalid } from "../../errors/index.ts";
import type { TargetManifest, TargetRecord } from "../../images/index.ts";
import { type Descriptor, isIndex, isManifest } from "../../oci/image.ts";
import { asIndex, asManifest, readDocument } from "./documents.ts";
import type { Lease } from "./leases.ts";
import { checkSize } from "./packed.ts";
import type { ImageRooms } from "./rooms.ts";

const maxDepth = 4;
const maxManifests = 1000;

/**
 * An index whose document is in the content store, with what belongs to it and is there: nested indexes, attestations
 * and whatever else is no image for this host's system. Its images come in when they are registered with it. What it
 * needs is kept by the lease.
 */
export async function packedIndex(
  rooms: ImageRooms,
  descriptor: Descriptor,
  lease: Lease,
): Promise<TargetRecord> {
  const { mediaType, digest, size, annotations } = descriptor;
  const own = { mediaType, digest, size, ...(annotations === undefined ? {} : { annotations }) };
  const blobs: Descriptor[] = [];
  const manifests: TargetManifest[] = [];
  await read(rooms, own, lease, maxDepth, { blobs, manifests });
  return { descriptor: own, manifests, blobs };
}

async function read(
  rooms: ImageRooms,
  descriptor: Descriptor,
  lease: Lease,
  depth: number,
  found: { blobs: Descriptor[]; manifests: TargetManifest[] },
): Promise<void> {
  if (depth === 0) throw invalid("invalid image: its indexes are nested too deeply");
  lease.blobs.add(descriptor.digest);
  const document = await readDocument(rooms.content, descriptor.digest, "the index");
  await checkSize(rooms, descriptor, "the index");
  found.blobs.push(descriptor);
  for (const listed of asIndex(document, descriptor.digest).manifests) {
    lease.blobs.add(listed.digest);
    const isHere = await rooms.content.has(listed.digest);
    if (isIndex(listed.mediaType) && isHere) await read(rooms, listed, lease, depth - 1, found);
    else {
      const blobs = isHere && !mayRun(listed) ? await blobsOf(rooms, listed, lease) : undefined;
      found.manifests.push({ descriptor: listed, ...(blobs === undefined ? {} : { blobs }) });
    }
    if (found.manifests.length > maxManifests) {
      throw invalid(`invalid image: its index lists more than ${maxManifests} manifests`);
    }
  }
}

/** The manifest that an attestation, as BuildKit adds them to indexes, is about; undefined for what is none. */
export function attestedBy({ annotations = {} }: Descriptor): string | undefined {
  const isAttestation = annotations["vnd.docker.reference.type"] === "attestation-manifest";
  return isAttestation ? annotations["vnd.docker.reference.digest"] : undefined;
}

/** Whether what a descriptor leads to is an image for this host's system. */
export function mayRun(descriptor: Descriptor): boolean {
  const { mediaType, platform } = descriptor;
  if (!isManifest(mediaType) || attestedBy(descriptor) !== undefined) return false;
  return platform === undefined || platform.os === "linux" || platform.os === "";
}

/** All that a manifest consists of; undefined when something is not here. */
async function blobsOf(
  rooms: ImageRooms,
  descriptor: Descriptor,
  lease: Lease,
): Promise<Descriptor[] | undefined> {
  const { content } = rooms;
  const parts = isManifest(descriptor.mediaType) ? await partsOf(content, descriptor) : [];
  for (const part of parts) {
    lease.blobs.add(part.digest);
    if (!(await content.has(part.digest))) return undefined;
  }
  for (const part of [descriptor, ...parts]) await checkSize(rooms, part, "the blob");
  return [descriptor, ...parts];
}

async function partsOf(content: ImageRooms["content"], { digest }: Descriptor): Promise<Descriptor[]> {
  const { config, layers } = asManifest(await readDocument(content, digest, "the manifest"), digest);
  return [config, ...layers];
}
