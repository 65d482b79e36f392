/** Tar archives: their members and bytes, without touching a file system. */
export { TarDecoder, type TarSink } from "./decoder.ts";
export { decompressed } from "./decompressed.ts";
export { headerSize, isArchive } from "./detect.ts";
export { encodeHeader, endOfArchive, padding } from "./encoder.ts";
export { type EntryType, type SparseRegion, type TarHeader, tarHeader } from "./header.ts";
export { decodeName, encodeName, fsPath } from "./name.ts";
export { cleanPath, posix } from "./posix.ts";
export { readTar, type TarEntry, type WritableEntry, writable, writeTar } from "./stream.ts";
