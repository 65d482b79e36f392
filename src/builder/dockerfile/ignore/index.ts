export { IgnoreMatcher, type IgnoreRule } from "./matcher.ts";
export { readIgnoreFile } from "./read.ts";
