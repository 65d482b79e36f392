import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { conflict } from "../errors/index.ts";
import { errno, errnoName, libc } from "../os/libc.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Makes sure that one engine has a data root at a time (flock(2)). The kernel lets go of the lock with the
 * process, however that ends.
 */
export function lockDataRoot(dataRoot: string): Disposable {
  const path = join(dataRoot, "lock");
  const fd = openSync(path, "w", 0o600);
  if (libc.flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    const reason = errnoName(errno());
    closeSync(fd);
    throw conflict(
      reason === "EAGAIN"
        ? `another engine uses the data root ${dataRoot}: stop it, or give this one a --data-root of its own`
        : `cannot lock ${path}: ${reason}`,
    );
  }
  return { [Symbol.dispose]: () => closeSync(fd) };
}
