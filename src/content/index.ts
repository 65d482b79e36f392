/** Blobs by digest on the disk. */
export { type BlobInfo, ContentStore, type Expected } from "./store.ts";
