/** Builds as graphs of operations, and their digests. */
export type * from "./model.ts";
export { canonicalJson, vertex } from "./vertex.ts";
