import type { Digest } from "../oci/digest.ts";
import { type Descriptor, isIndex } from "../oci/image.ts";
import type { Image } from "./image.ts";

/** A manifest that a target leads to, as far as it is here. */
export interface TargetManifest {
  /** As the index lists it. */
  readonly descriptor: Descriptor;
  /** The image that it makes, as long as that is here. */
  readonly image?: Digest;
  /** All that it consists of, itself first; absent as long as it is not here. */
  readonly blobs?: readonly Descriptor[];
}

/**
 * What is durable of a target that is not simply the manifest of an image's record: an index, or a further manifest
 * of the same image, whose layers are compressed in another way. One row of the metastore; it lives as long as it
 * has a name and an image.
 */
export interface TargetRecord {
  readonly descriptor: Descriptor;
  /** In the order of the index, those of nested indexes in their place. */
  readonly manifests: readonly TargetManifest[];
  /** The index itself and the indexes in it. */
  readonly blobs: readonly Descriptor[];
}

/** What a name stands for, a manifest or an index: an immutable view. */
export class Target {
  constructor(readonly record: TargetRecord) {}

  /** The manifest that an image has by itself. */
  static of({ id, record, blobs }: Image): Target {
    return new Target({
      descriptor: record.manifest,
      manifests: [{ descriptor: record.manifest, image: id, blobs }],
      blobs: [],
    });
  }

  get descriptor(): Descriptor {
    return this.record.descriptor;
  }

  get digest(): Digest {
    return this.record.descriptor.digest;
  }

  get isIndex(): boolean {
    return isIndex(this.record.descriptor.mediaType);
  }

  /** Those that are here. */
  get images(): Digest[] {
    return this.record.manifests.flatMap(({ image }) => (image === undefined ? [] : [image]));
  }

  /** All that is kept for its sake. */
  get blobs(): Descriptor[] {
    return [...this.record.blobs, ...this.record.manifests.flatMap(({ blobs = [] }) => blobs)];
  }

  /** This one with what the same target had before: what was here stays here. */
  with(known: Target | undefined): Target {
    if (known === undefined) return this;
    const former = new Map(known.record.manifests.map((manifest) => [manifest.descriptor.digest, manifest]));
    const manifests = this.record.manifests.map((manifest) => ({
      ...former.get(manifest.descriptor.digest),
      ...manifest,
    }));
    return new Target({ ...this.record, manifests });
  }

  /** This one when the image has come by the manifest with the digest. */
  withImage(digest: Digest, image: Digest, blobs: readonly Descriptor[]): Target {
    const manifests = this.record.manifests.map((manifest) =>
      manifest.descriptor.digest === digest ? { ...manifest, image, blobs } : manifest,
    );
    return new Target({ ...this.record, manifests });
  }

  /** This one when an image has gone. */
  withoutImage(id: Digest): Target {
    const manifests = this.record.manifests.map((manifest) =>
      manifest.image === id ? { descriptor: manifest.descriptor } : manifest,
    );
    return new Target({ ...this.record, manifests });
  }
}
