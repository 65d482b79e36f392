/** What a build tells while it goes on. */
export { Channel } from "./channel.ts";
export type * from "./model.ts";
export { internalStep, now, type Part } from "./step.ts";
