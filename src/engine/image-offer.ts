import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/image.ts";

/** What of the images of this host a registry offers, and how. */
export interface OfferOptions {
  /** Only repositories whose names are one of these, or begin with one and a slash; none: all. */
  readonly prefixes: readonly string[];
  /** Whether images may be brought here and deleted, too. */
  readonly writable: boolean;
}

/** A manifest or an index, verbatim. */
export interface OfferedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface OfferedBlob {
  /** A file that never changes. */
  readonly path: string;
  readonly size: number;
}

/** A manifest that is brought here, verbatim. */
export interface PutManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface PutResult {
  readonly digest: Digest;
  /** What it refers to. */
  readonly subject?: Digest;
  /** Why it did not become an image of this host, which it claims to be. */
  readonly warning?: string;
}

/** A blob on its way here. */
export interface OfferedUpload {
  readonly id: string;
  /** Bytes that have come. */
  readonly size: number;
  /** Adds bytes; those that came before a failure count. `conflict` while others are being added. */
  append(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** The blob is in the repository and on the disk. `invalid` when it is another; the upload is over either way. */
  finish(digest: Digest): Promise<void>;
  cancel(): Promise<void>;
}

/**
 * The images of this host as a registry has them, until it is disposed of. Repositories are named as in the
 * distribution API; what is not there is undefined or false.
 */
export interface ImageOffer extends AsyncDisposable {
  readonly writable: boolean;
  /** Sorted by their bytes. */
  repositories(): string[];
  /** Whether the name is one that is offered, or that something may be brought to. */
  standing(repository: string): "offered" | "withheld" | "malformed";
  /** Sorted by their bytes. */
  tags(repository: string): string[] | undefined;
  manifest(repository: string, tagOrDigest: string): Promise<OfferedManifest | undefined>;
  blob(repository: string, digest: Digest): Promise<OfferedBlob | undefined>;
  /** Manifests whose subject has the digest, be that here or not. */
  referrers(repository: string, digest: Digest): Promise<Descriptor[]>;

  /** `exhausted` when too many are under way. */
  beginUpload(repository: string): Promise<OfferedUpload>;
  upload(repository: string, id: string): OfferedUpload | undefined;
  /** Takes a blob over from another repository, or from whichever has it. */
  mountBlob(repository: string, digest: Digest, from: string | undefined): Promise<boolean>;
  /**
   * Brings an image into view, unpacked and with its name, in one durable step; or keeps what is no image. A digest is
   * the caller's to check. `invalid`: it is malformed; `notFound`: a part of it was not brought before; `notImplemented`: a kind that is not taken.
   */
  putManifest(
    repository: string,
    tagOrDigest: string,
    manifest: PutManifest,
    signal: AbortSignal,
  ): Promise<PutResult>;
  /** By tag the name; by digest all names, and the image with them unless a container or another name needs it. */
  deleteManifest(repository: string, tagOrDigest: string): Promise<boolean>;
  /** `conflict` when a manifest needs it. */
  deleteBlob(repository: string, digest: Digest): Promise<boolean>;
}
