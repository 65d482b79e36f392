import { ptr } from "bun:ffi";
import { closeSync, readFileSync, writeSync } from "node:fs";
import { check, cstring, libc } from "./libc.ts";

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
/** Linux 6.3; earlier kernels do not know it, and make every such file executable. */
const MFD_EXEC = 0x10;
const F_ADD_SEALS = 1033;
/** Against changes of the seals, shrinking, growing and writing. */
const allSeals = 0xf;

/** A copy of an executable in memory that nobody can ever change (memfd_create(2)). The caller closes it. */
export function sealedCopy(path: string): number {
  const content = readFileSync(path);
  const name = cstring(path.slice(path.lastIndexOf("/") + 1));
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  let fd = libc.memfd_create(ptr(name), flags | MFD_EXEC);
  if (fd < 0) fd = check(libc.memfd_create(ptr(name), flags), "make a file in memory");
  try {
    for (let at = 0; at < content.length; ) at += writeSync(fd, content, at);
    check(libc.fcntl(fd, F_ADD_SEALS, allSeals), "seal a file in memory");
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
