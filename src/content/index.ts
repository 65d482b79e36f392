/** Blobs by digest on the disk. */

export type { BlobInfo } from "./blob-info.ts";
export type { Expected, IngestOptions } from "./ingest.ts";
export { ContentStore, type Resumable } from "./store.ts";
export type { BlobUpload } from "./upload.ts";
