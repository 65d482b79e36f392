import { ptr } from "bun:ffi";
import { constants, openSync } from "node:fs";
import { check, libc } from "../os/libc.ts";

/** A new pseudo-terminal (posix_openpt(3)). */
export function openTerminal(): { master: number; slave: number } {
  const master = check(libc.posix_openpt(constants.O_RDWR | constants.O_NOCTTY), "open a terminal");
  check(libc.grantpt(master), "grant the terminal");
  check(libc.unlockpt(master), "unlock the terminal");
  const name = Buffer.alloc(64);
  check(libc.ptsname_r(master, ptr(name), name.length), "name the terminal");
  const slave = openSync(name.toString("utf8").replace(/\0.*$/s, ""), constants.O_RDWR | constants.O_NOCTTY);
  return { master, slave };
}
