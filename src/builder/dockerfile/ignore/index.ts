export { cleanPath } from "./clean.ts";
export { IgnoreMatcher, type IgnoreRule } from "./matcher.ts";
export { readIgnoreFile } from "./read.ts";
