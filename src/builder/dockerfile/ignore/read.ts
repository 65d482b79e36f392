import { cleanPath } from "../../../archive/index.ts";

/**
 * The patterns of a `.dockerignore`, ready for an IgnoreMatcher: without a byte order mark, comments (a `#` in the first column) and blanks around
 * them; paths are cleaned, and a leading slash means the context's root as no slash does. (moby/patternmatcher, ignorefile)
 */
export function readIgnoreFile(text: string): string[] {
  const patterns: string[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split("\n")) {
    const trimmed = line.trim();
    if (line.startsWith("#") || trimmed === "") continue;
    const exception = trimmed.startsWith("!");
    const pattern = exception ? trimmed.slice(1).trim() : trimmed;
    patterns.push((exception ? "!" : "") + (pattern === "" ? "" : withoutRoot(cleanPath(pattern))));
  }
  return patterns;
}

const withoutRoot = (path: string): string =>
  path.length > 1 && path.startsWith("/") ? path.slice(1) : path;
