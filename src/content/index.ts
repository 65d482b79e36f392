/** Blobs by digest on the disk. */
export { type BlobInfo, ContentStore, type Expected, type IngestOptions, type Resumable } from "./store.ts";
