export type { VolumeDescription } from "./catalogue.ts";
export { type VolumeSnapshot, VolumeSnapshots } from "./copy/snapshots.ts";
export { copyTree, syncTree } from "./copy/tree.ts";
export { isThere, runLimited } from "./limited.ts";
export type { DriverVolume, Scope, VolumeDriver, VolumeRecord } from "./model.ts";
export { dockerDirectories } from "./plugin/discovery.ts";
export { VolumeStore } from "./store.ts";
export { diskUsage } from "./usage.ts";
export { type VolumeRequest, Volumes } from "./volumes.ts";
