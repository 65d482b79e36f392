/** Agents that `--ssh` lends to a build. */
export { readAgent } from "./read.ts";
export { openAgents } from "./serve.ts";
