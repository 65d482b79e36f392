import { chainIDs, type Digest } from "../oci/digest.ts";
import type { Descriptor, History, ImageConfig } from "../oci/image.ts";

/** What is durable of an image: one row of the metastore. Never changed but for `parent` and `tagged`. */
export interface ImageRecord {
  /** Digest of the config. */
  readonly id: Digest;
  readonly manifest: Descriptor;
  readonly configDescriptor: Descriptor;
  readonly config: ImageConfig;
  /** Blobs of the layers, lowest first. */
  readonly layers: readonly Descriptor[];
  /** Bytes of each layer as unpacked. */
  readonly layerSizes: readonly number[];
  /** The image that this one was committed from, as long as it exists here. */
  readonly parent?: Digest;
  /** When it was last given a name here, RFC 3339. */
  readonly tagged?: string;
}

/** An image of this host: an immutable view of its record. */
export class Image {
  readonly chain: readonly Digest[];

  constructor(readonly record: ImageRecord) {
    this.chain = chainIDs(record.config.rootfs.diff_ids);
  }

  get id(): Digest {
    return this.record.id;
  }

  get config(): ImageConfig {
    return this.record.config;
  }

  /** Absent for an image without layers. */
  get chainID(): Digest | undefined {
    return this.chain.at(-1);
  }

  /** Bytes of all layers as unpacked. */
  get size(): number {
    return this.record.layerSizes.reduce((sum, size) => sum + size, 0);
  }

  /** Milliseconds since the epoch; 0 when the config does not say. */
  get created(): number {
    const time = Date.parse(this.config.created ?? "");
    return Number.isNaN(time) ? 0 : time;
  }

  get labels(): Record<string, string> | null {
    return this.config.config?.Labels ?? null;
  }

  /** Every blob that the image consists of. */
  get blobs(): Descriptor[] {
    const { manifest, configDescriptor, layers } = this.record;
    return [manifest, configDescriptor, ...layers];
  }

  /** The steps, oldest first, with the bytes that each added. */
  get steps(): (History & { size: number })[] {
    let layer = 0;
    return (this.config.history ?? []).map((step) => ({
      ...step,
      size: step.empty_layer ? 0 : (this.record.layerSizes[layer++] ?? 0),
    }));
  }
}
