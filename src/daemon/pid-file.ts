import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { conflict } from "../errors/index.ts";
import { ifThere, processGone } from "../os/if-there.ts";

/** Writes our pid where the operator wants it; one that names a living engine is an error, a stale one is replaced. */
export function writePidFile(path: string): Disposable {
  const other = livingOwner(path);
  if (other !== undefined) {
    throw conflict(
      `process with PID ${other} is still running: stop it, or name another --pidfile than ${path}`,
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, String(process.pid));
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

function livingOwner(path: string): number | undefined {
  return ifThere(() => {
    const pid = Number(readFileSync(path, "utf8").trim());
    // The program is compared too: after a reboot, the number may be anybody's.
    const program = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return pid !== process.pid && program.includes("\0daemon\0") ? pid : undefined;
  }, processGone);
}
