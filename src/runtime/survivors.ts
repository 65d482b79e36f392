import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ifThere, processGone } from "../os/if-there.ts";

/** Pids of the wrappers that a former engine with this exec root left running; to be asked before anything is opened. */
export function survivingWrappers(execRoot: string): number[] {
  const status = join(execRoot, "status");
  return namesIn(status)
    .filter((name) => name.endsWith(".wrapper"))
    .map((name) => Number(text(join(status, name))))
    .filter((pid) => pid > 0 && text(`/proc/${pid}/cmdline`).includes(status));
}

function namesIn(directory: string): string[] {
  return ifThere(() => readdirSync(directory)) ?? [];
}

function text(path: string): string {
  return ifThere(() => readFileSync(path, "utf8"), processGone) ?? "";
}
