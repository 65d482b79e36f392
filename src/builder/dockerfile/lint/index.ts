export { adviseDockerfile } from "./advice/index.ts";
export { rules } from "./buildkit-rules.ts";
export { lintDockerfile } from "./dockerfile.ts";
export { type Finding, Linter, type Place } from "./linter.ts";
export { type CheckOptions, checkOptionsOf, noCheckOptions, readCheckOptions } from "./options.ts";
export { warningOf } from "./warning.ts";
