/*
 * Under which name we were called. The kernel's copy of argv is read, because Bun shows a compiled
 * executable's own path there.
 */
import { readFileSync } from "node:fs";

let known: string | undefined;

/** `docker` when called through a link of that name, else `slipway`: usage texts and messages say so. */
export function programName(): "slipway" | "docker" {
  known ??= readFileSync("/proc/self/cmdline", "utf8").split("\0", 1)[0] ?? "";
  return known.slice(known.lastIndexOf("/") + 1) === "docker" ? "docker" : "slipway";
}
