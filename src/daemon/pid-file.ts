import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { conflict, errnoOf } from "../errors/index.ts";

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
  try {
    const pid = Number(readFileSync(path, "utf8").trim());
    // The program is compared too: after a reboot, the number may be anybody's.
    const program = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return pid !== process.pid && program.includes("\0daemon\0") ? pid : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH") return undefined;
    throw error;
  }
}
