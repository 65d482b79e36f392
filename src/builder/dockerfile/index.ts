export {
  checkDockerfile,
  convertDockerfile,
  type FrontendOptions,
  gitOp,
  type KnownBase,
  type MetaResolver,
  type NamedContext,
  type ResolvedBase,
} from "./convert/index.ts";
export { listTargets, outlineDockerfile } from "./describe/index.ts";
export { checkFrontEnd } from "./front-end.ts";
export { IgnoreMatcher, type IgnoreRule, readIgnoreFile } from "./ignore/index.ts";
export { DockerfileError, excerpt, parseDockerfile, type Range, type Source } from "./parser/index.ts";
