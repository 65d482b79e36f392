import { posix } from "../../../archive/index.ts";

/** A path relative to a directory of an image, or absolute; without `.`, `..`, doubled slashes and one at the end. */
export const joinPath = (directory: string, path: string): string => posix.resolve("/", directory, path);

/** The last name of a path. */
export const baseName = posix.basename;
