import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** How names end of files that were not written to their end: whoever finds them may delete them. */
export const unfinished = ".new";

/** Puts a file in the place of another one: after a crash there is the old one or the new one. */
export function replaceDurably(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}${unfinished}`;
  rmSync(temporary, { force: true });
  writeDurably(temporary, content);
  renameSync(temporary, path);
}

/** Makes a file that is on disk when this returns. */
export function writeDurably(path: string, text: string | Uint8Array): void {
  const fd = openSync(path, "wx", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What was made, renamed and deleted in a directory is on disk when this returns. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
