/** File trees as stacks of differences, for images and containers, on overlayfs. */
export type { SnapshotInfo, Usage } from "./metadata.ts";
export { Snapshotter } from "./snapshotter.ts";
