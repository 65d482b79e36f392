export { type VolumeRecord, VolumeStore } from "./store.ts";
export { diskUsage } from "./usage.ts";
