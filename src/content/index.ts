/** Blobs by digest on the disk. */
export type { Expected, IngestOptions } from "./ingest.ts";
export { type BlobInfo, ContentStore, type Resumable } from "./store.ts";
