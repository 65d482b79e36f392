/** Layers of images: unpacking, the difference that a container made, and copying in and out of root file systems. */
export {
  type AppliedLayer,
  type ApplyProgress,
  type ApplyRequest,
  applyLayer,
  type ImageFiles,
} from "./apply.ts";
export {
  exportArchive,
  type Guard,
  getArchive,
  type OutgoingArchive,
  type Overmount,
  type PathStat,
  type PutOptions,
  putArchive,
  readTexts,
  statPath,
  type Tree,
} from "./archive.ts";
export { startChild } from "./child-process.ts";
export { compareStacks } from "./compare.ts";
export { type CompressedLayer, compressLayer } from "./compress.ts";
export {
  type Change,
  changes,
  diffLayer,
  type MeasuredLayer,
  measureLayer,
  type PackedLayer,
  packLayer,
} from "./diff.ts";
export { GrowingLayer, type GrownLayer } from "./growing.ts";
export { imageComplaint } from "./image-support.ts";
export { askChild, prepareChild } from "./pool/index.ts";
export { clampLayer, mergedLayer } from "./rewrite.ts";
export { type VerifiedLayer, type VerifyRequest, verifyLayer } from "./verify.ts";
