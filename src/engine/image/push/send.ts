import type { Image, Target } from "../../../images/index.ts";
import { type Digest, hexOf } from "../../../oci/digest.ts";
import { type Descriptor, type Manifest, mediaTypes } from "../../../oci/image.ts";
import type { Reference } from "../../../oci/reference.ts";
import type { Repository } from "../../../registry/index.ts";
import { maxDocument } from "../documents.ts";
import type { Lease } from "../leases.ts";
import { storeDocument } from "../packed.ts";
import type { Report } from "../progress.ts";
import { registerImages } from "../register.ts";
import type { TransferRooms } from "../transfer-rooms.ts";
import { type Compression, compressions } from "./compressed.ts";
import { together } from "./together.ts";
import { uploadBlob } from "./upload.ts";

/** One name on its way to its registry. */
export interface Push {
  readonly rooms: TransferRooms;
  readonly repository: Repository;
  readonly name: Reference;
  readonly lease: Lease;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Sends one image, each layer as soon as it is compressed; answers the manifest that has the name in the registry now.
 */
export async function sendImage(
  push: Push,
  { target, image }: { target: Target; image: Image },
): Promise<Descriptor> {
  const { rooms, name, lease } = push;
  for (const { digest } of target.blobs) lease.blobs.add(digest);
  const entry = target.record.manifests.find((manifest) => manifest.image === image.id);
  const [manifest = image.record.manifest, config = image.record.configDescriptor, ...layers] =
    entry?.blobs ?? image.blobs;
  // A manifest that an index lists, or that came with this digest, is not made anew.
  const compressing = target.isIndex ? undefined : compressions(rooms, image.record, layers, push);
  const [, ...sent] = await sendBlobs(push, [config, ...(compressing ?? layers)], image);
  if (compressing !== undefined) return await sendCompressed(push, image, sent);
  await sendDocument(push, manifest, name.tag as string);
  if (!target.isIndex) rooms.images.tag(target, canonicalName(name, manifest));
  return manifest;
}

/** Sends the manifest that an image has with its layers compressed, and remembers it with them. */
async function sendCompressed(push: Push, { record }: Image, layers: Descriptor[]): Promise<Descriptor> {
  const { rooms, name, lease } = push;
  const { configDescriptor, config, layerSizes } = record;
  const { manifest: mediaType } = mediaTypes;
  const document: Manifest = { schemaVersion: 2, mediaType, config: configDescriptor, layers };
  const manifest = await storeDocument(rooms, mediaType, document, lease);
  await sendDocument(push, manifest, name.tag as string);
  const references = [name, canonicalName(name, manifest)];
  registerImages(rooms, [{ image: { manifest, configDescriptor, config, layers, references }, layerSizes }]);
  return manifest;
}

/** Sends an index with all that it lists, the innermost first. */
export async function sendIndex(push: Push, target: Target): Promise<Descriptor> {
  const { rooms, name, lease } = push;
  for (const { digest } of target.blobs) lease.blobs.add(digest);
  for (const { image: id, blobs = [] } of target.record.manifests) {
    const [manifest, ...parts] = blobs;
    if (manifest === undefined) continue;
    await sendBlobs(push, parts, id === undefined ? undefined : rooms.images.get(id));
    await sendDocument(push, manifest, manifest.digest);
  }
  const nested = target.record.blobs.filter(({ digest }) => digest !== target.digest);
  for (const index of nested.toReversed()) await sendDocument(push, index, index.digest);
  await sendDocument(push, target.descriptor, name.tag as string);
  rooms.images.tag(target, canonicalName(name, target.descriptor));
  return target.descriptor;
}

/**
 * Sends a config and the layers, several at once, and answers what they are; of an image, the layers are told by their
 * diffIDs.
 */
async function sendBlobs(
  push: Push,
  blobs: readonly (Descriptor | Compression)[],
  image: Image | undefined,
): Promise<Descriptor[]> {
  const { rooms, repository, name, report, signal } = push;
  const work = blobs.map((given, index) => {
    const diffID = image?.config.rootfs.diff_ids[index - 1];
    const id = diffID && hexOf(diffID).slice(0, 12);
    if (id) report({ status: "Preparing", progressDetail: {}, id });
    return async (until: AbortSignal): Promise<Descriptor> => {
      const blob = typeof given === "function" ? await given(until) : given;
      const sources = repositoriesWith(rooms, blob.digest, name);
      await uploadBlob(rooms, repository, { blob, sources, id }, report, until);
      return blob;
    };
  });
  return await together(work, signal);
}

async function sendDocument(
  { rooms, repository, signal }: Push,
  { digest, mediaType }: Descriptor,
  tagOrDigest: string,
): Promise<void> {
  const bytes = await rooms.content.readSmall(digest, maxDocument);
  await repository.putManifest(tagOrDigest, mediaType, bytes, signal);
}

/** Other repositories of the name's registry that a blob was pulled from or pushed to, as far as names tell. */
function repositoriesWith({ images }: TransferRooms, digest: Digest, { domain, path }: Reference): string[] {
  const targets = images.kept().filter(({ blobs }) => blobs.some((blob) => blob.digest === digest));
  const names = targets.flatMap((target) => images.names(target));
  const known = names.filter(
    (name) => name.digest !== undefined && name.domain === domain && name.path !== path,
  );
  return [...new Set(known.map((name) => name.path))];
}

function canonicalName({ domain, path }: Reference, { digest }: Descriptor): Reference {
  return { domain, path, digest };
}
