import { invalid } from "../../errors/index.ts";
import { type Digest, digestOf } from "../../oci/digest.ts";
import { type Descriptor, type ImageConfig, type Manifest, mediaTypes } from "../../oci/image.ts";
import type { Reference } from "../../oci/reference.ts";
import { asImageConfig, readDocument } from "./documents.ts";
import type { Lease } from "./leases.ts";
import type { ImageRooms } from "./rooms.ts";

/** An image whose blobs are all in the content store and whose documents were checked. */
export interface PackedImage {
  manifest: Descriptor;
  configDescriptor: Descriptor;
  config: ImageConfig;
  layers: Descriptor[];
  references: Reference[];
}

/** Checks what a manifest names: every blob is there, in its size, and config and layers belong together. */
export async function packedImage(
  rooms: ImageRooms,
  descriptor: Descriptor,
  manifest: Manifest,
  references: Reference[],
): Promise<PackedImage> {
  const { config: configDescriptor, layers } = manifest;
  const config = asImageConfig(
    await readDocument(rooms.content, configDescriptor.digest, "the image configuration"),
    configDescriptor.digest,
  );
  const diffIDs = config.rootfs.diff_ids;
  if (layers.length !== diffIDs.length) {
    throw invalid(
      `invalid manifest, layers length mismatch: expected ${layers.length}, got ${diffIDs.length}`,
    );
  }
  for (const layer of layers) {
    if (!(await rooms.content.has(layer.digest))) {
      throw invalid(`invalid archive: the layer ${layer.digest} is missing`);
    }
    await checkSize(rooms, layer, "the layer");
  }
  await checkSize(rooms, configDescriptor, "the image configuration");
  await checkSize(rooms, descriptor, "the manifest");
  return { manifest: descriptor, configDescriptor, config, layers, references };
}

/** A blob has the size that its descriptor says; `what` names it in errors. */
export async function checkSize(
  { content }: ImageRooms,
  { digest, size }: Descriptor,
  what: string,
): Promise<void> {
  const { size: actual } = await content.info(digest);
  if (actual !== size) throw invalid(`invalid archive: ${what} ${digest} has ${actual} bytes, not ${size}`);
}

/** Stores the bytes of a document on the disk, unless they are there; `invalid` when they are not what is described. */
export async function storeBytes(
  { content }: ImageRooms,
  { digest, size }: Pick<Descriptor, "digest" | "size">,
  bytes: Uint8Array,
  lease: Lease,
): Promise<void> {
  // Kept before it is looked for, so that nobody deletes it in between.
  lease.blobs.add(digest);
  if (!(await content.has(digest))) await content.ingest(once(bytes), { digest, size });
}

/** Stores a document, and answers its descriptor. */
export async function storeDocument(
  rooms: ImageRooms,
  mediaType: string,
  document: unknown,
  lease: Lease,
): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = digestOf(bytes);
  const descriptor = { mediaType, digest, size: bytes.length };
  await storeBytes(rooms, descriptor, bytes, lease);
  return descriptor;
}

/** The descriptor of a layer's blob; its compression is told from its first bytes. */
export async function layerDescriptor({ content }: ImageRooms, digest: Digest): Promise<Descriptor> {
  const { size } = await content.info(digest);
  const start = Buffer.from(await Bun.file(content.path(digest)).slice(0, 4).arrayBuffer());
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  const isZstd = start.length === 4 && start.readUInt32LE() === 0xfd2fb528;
  const mediaType = isGzip ? mediaTypes.layerGzip : isZstd ? mediaTypes.layerZstd : mediaTypes.layer;
  return { mediaType, digest, size };
}

/** The manifest for a config and layers that came without one, and the image that they make. */
export async function packImage(
  rooms: ImageRooms,
  configDigest: Digest,
  layers: readonly Digest[],
  references: Reference[],
  lease: Lease,
): Promise<PackedImage> {
  const { size } = await rooms.content.info(configDigest);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: configDigest, size },
    layers: await Promise.all(layers.map((digest) => layerDescriptor(rooms, digest))),
  };
  const descriptor = await storeDocument(rooms, mediaTypes.manifest, manifest, lease);
  return await packedImage(rooms, descriptor, manifest, references);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
