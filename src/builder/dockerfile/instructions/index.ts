export { Misuse } from "./misuse.ts";
export type * from "./model.ts";
export { type Mount, mountFrom, parseMount } from "./mount.ts";
export { readInstruction, readStages } from "./read.ts";
