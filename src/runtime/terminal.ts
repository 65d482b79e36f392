import { closeSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";
import { takeFd } from "../os/pidfd.ts";
import { type ProcessIdentity, startTicks } from "../os/process.ts";
import { setWindowSize, type WindowSize } from "../os/pty.ts";

/**
 * Gives a container's own terminal a size. Its master is the runtime's, which is the wrapper's child: runc copies
 * our terminal's size to it at SIGWINCH, but crun (1.8) only passes the signal on.
 */
export function resizeTerminal(wrapper: ProcessIdentity, size: WindowSize): void {
  if (startTicks(wrapper.pid) !== wrapper.startTicks) return;
  try {
    for (const runtime of childrenOf(wrapper.pid)) {
      for (const fd of masters(runtime)) {
        const master = takeFd(runtime, fd);
        try {
          setWindowSize(master, size);
        } finally {
          closeSync(master);
        }
      }
    }
  } catch (error) {
    // It has ended meanwhile.
    if (!["ENOENT", "ESRCH", "EBADF", "EIO"].includes(errnoOf(error) ?? "")) throw error;
  }
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

/** A process's descriptors that are masters of pseudo-terminals. */
function masters(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .filter((fd) => readlinkSync(`${folder}/${fd}`).endsWith("/ptmx"))
    .map(Number);
}
