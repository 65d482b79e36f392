import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/image.ts";

/** How one proves who one is to a registry; all absent: as nobody. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** A refresh token that a token server gave at a login. */
  readonly identityToken?: string;
  /** A bearer token that is sent as it is. */
  readonly registryToken?: string;
}

/** A manifest, index or artifact manifest as the registry has it, its digest verified. */
export interface Document {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  /** Told how many bytes the registry has taken. */
  readonly onProgress?: (sent: number) => void;
}

/**
 * One repository of a registry (OCI distribution-spec 1.1), wherever its bytes come from: the registry itself, or a
 * mirror of it for what is read. Every request is authorised, retried and redirected as needed. Errors: `notFound`,
 * `unauthorized`, `forbidden`, `unavailable` (no answer, too many failures), `invalid` (what came is not what was
 * announced), `cancelled`.
 *
 *     const repository = registries.repository(parseReference("debian:bookworm"), credentials);
 *     const { descriptor, bytes } = await repository.manifest("bookworm", signal);
 *     for await (const chunk of repository.blob(layer, { signal })) …
 */
export interface Repository {
  /** What a tag or digest means at the moment, without its content. */
  resolve(tagOrDigest: string, signal: AbortSignal): Promise<Descriptor>;
  /** At most 8 MiB. Verified against the digest asked for, or the one that the registry announced. */
  manifest(tagOrDigest: string, signal: AbortSignal): Promise<Document>;
  /**
   * The bytes of a blob from `offset` on; a connection that is cut is taken up again where it broke (Range). The
   * digest is not verified: whoever stores the blob does.
   */
  blob(descriptor: Descriptor, options: { offset?: number; signal: AbortSignal }): AsyncIterable<Uint8Array>;
  hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean>;
  /** Makes a blob of another repository of the same registry this one's, too; false when the registry does not. */
  mountBlob(digest: Digest, from: string, signal: AbortSignal): Promise<boolean>;
  /** `open` answers the blob's bytes from an offset on; it is called again when an upload has to be taken up again. */
  uploadBlob(
    descriptor: Descriptor,
    open: (offset: number) => AsyncIterable<Uint8Array>,
    options: UploadOptions,
  ): Promise<void>;
  /** Answers the digest under which the registry has it, which must be that of the bytes. */
  putManifest(
    tagOrDigest: string,
    mediaType: string,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Digest>;
  /** All tags, page by page. */
  tags(signal: AbortSignal): AsyncIterable<string>;
  /** Manifests whose subject is this one: by the referrers API, or the tag that stands in for it. */
  referrers(digest: Digest, signal: AbortSignal, artifactType?: string): Promise<Descriptor[]>;
}
