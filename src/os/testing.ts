import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A directory of a test's own, until `removeScratch`. */
export function scratchDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `slipway-${name}-`));
  made.push(directory);
  return directory;
}

/** To be called after all tests of a file. What a failed test left mounted is not touched. */
export function removeScratch(): void {
  execFileSync("rm", ["-rf", "--one-file-system", "--", ...made.splice(0)]);
}
