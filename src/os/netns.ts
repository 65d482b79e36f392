import { closeSync, openSync } from "node:fs";
import { check, libc } from "./libc.ts";

const CLONE_NEWNET = 0x40000000;
const OWN_NAMESPACE = "/proc/thread-self/ns/net";

let home: number | undefined;

/**
 * Makes a network namespace that lives as long as the descriptor returned, a process in it, or a socket
 * made in it. `configure` runs inside, on this thread; it must not start anything asynchronous, since
 * threads and processes born meanwhile would stay there.
 */
export function createNamespace<T>(configure: (fd: number) => T): { fd: number; result: T } {
  home ??= openSync(OWN_NAMESPACE, "r");
  check(libc.unshare(CLONE_NEWNET), "make a network namespace");
  let fd: number | undefined;
  try {
    fd = openSync(OWN_NAMESPACE, "r");
    return { fd, result: configure(fd) };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw error;
  } finally {
    returnHome(home);
  }
}

/** Runs `work` on this thread inside the namespace open at `fd`; the same restriction holds for it. */
export function inNamespace<T>(fd: number, work: () => T): T {
  home ??= openSync(OWN_NAMESPACE, "r");
  check(libc.setns(fd, CLONE_NEWNET), "enter a network namespace");
  try {
    return work();
  } finally {
    returnHome(home);
  }
}

/** An engine that stays in a container's network would serve its API there: nothing may go on after that. */
function returnHome(fd: number): void {
  if (libc.setns(fd, CLONE_NEWNET) === 0) return;
  process.stderr.write("cannot return to the host's network namespace; giving up\n");
  process.abort();
}
