import { closeSync, constants, openSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";
import { exists, type ProcessIdentity } from "./process.ts";

const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;

/** A file tree that stays as it is until it is let go. */
export interface HeldRoot {
  /** For this process and its children. */
  readonly path: string;
  close(): void;
}

/**
 * The files as a process sees them, beyond its end: without its mount namespace, which is held, everything that
 * is mounted over parts of the root would go with its last process. Undefined when the process is gone.
 */
export function holdRoot(target: ProcessIdentity): HeldRoot | undefined {
  const opened: number[] = [];
  const close = () => {
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  try {
    opened.push(openSync(`/proc/${target.pid}/ns/mnt`, constants.O_RDONLY | O_CLOEXEC));
    const root = openSync(`/proc/${target.pid}/root`, O_PATH | constants.O_DIRECTORY | O_CLOEXEC);
    opened.push(root);
    // Asked after opening: a later process with the same id would have been opened instead.
    if (exists(target)) return { path: `/proc/${process.pid}/fd/${root}`, close };
  } catch (error) {
    if (!["ENOENT", "ESRCH"].includes(errnoOf(error) ?? "")) {
      close();
      throw error;
    }
  }
  close();
  return undefined;
}
