import type { Descriptor } from "../../../oci/image.ts";

/** Where a cache, or an image that has one in it, is read from. */
export interface CacheSource {
  /** As it is told to users. */
  readonly name: string;
  /** The manifest or index that it begins with. `notFound` when there is none. */
  root(signal: AbortSignal): Promise<{ descriptor: Descriptor; bytes: Uint8Array }>;
  /** A manifest that another one lists. */
  manifest(descriptor: Descriptor, signal: AbortSignal): Promise<Uint8Array>;
  /** Not verified: whoever stores it does. */
  blob(descriptor: Descriptor, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Where a cache is written to. Blobs come from the content store, before the document that names them. */
export interface CacheTarget {
  readonly name: string;
  blobs(descriptors: readonly Descriptor[], signal: AbortSignal): Promise<void>;
  /** Brings the cache into view. */
  root(descriptor: Descriptor, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
}
