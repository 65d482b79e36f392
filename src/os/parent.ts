import { systemError } from "../errors/index.ts";
import { check, libc } from "./libc.ts";

/** PR_SET_PDEATHSIG of linux/prctl.h. */
const parentDeathSignal = 1;
const SIGKILL = 9;

/**
 * Lets the kernel kill this process when the one that started it, `parent`, dies: prctl(2). `system` when that is dead
 * already, which no signal would tell.
 */
export function endWithParent(parent: number): void {
  const set = libc.prctl(parentDeathSignal, SIGKILL, 0, 0, 0);
  check(set, () => "ask for the end of this process with its parent's");
  if (process.ppid !== parent) throw systemError(`process ${parent}, which began this, has ended`);
}
