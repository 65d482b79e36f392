export { checkDockerfile, type KnownBase } from "./check.ts";
export { convertDockerfile } from "./convert.ts";
export type { FrontendOptions, MetaResolver, NamedContext, ResolvedBase } from "./model.ts";
export { gitOp } from "./named-context.ts";
