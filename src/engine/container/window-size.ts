import { consoleSize } from "./spec/index.ts";

/** A terminal's size as it is set: Docker's is height, width, and zeros for none. */
export function windowSize(
  size: readonly number[] | null | undefined,
): { rows: number; cols: number } | undefined {
  const given = consoleSize(size);
  return given && { rows: given.height, cols: given.width };
}
