import { closeSync, fsyncSync, openSync, writeFileSync } from "node:fs";

/** Makes a file that is on disk when this returns. */
export function writeDurably(path: string, text: string): void {
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
