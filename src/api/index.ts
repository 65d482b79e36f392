export * from "./common.ts";
export * from "./container.ts";
export * from "./events.ts";
export * from "./exec.ts";
export * from "./image.ts";
export * from "./network.ts";
export * from "./system.ts";
export * from "./volume.ts";
