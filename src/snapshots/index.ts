/** File trees as stacks of differences, for images and containers, on overlayfs. */
export type { LayerFiles } from "./image-mounts.ts";
export type { SnapshotInfo, Usage } from "./metadata.ts";
export { Snapshotter, type SnapshotterOptions } from "./snapshotter.ts";
