import { open, rm } from "node:fs/promises";

/** Writes a new file, in the place of one that an interrupted command left, and waits until it is on the disk. */
export async function writeDurably(path: string, mode: number, text: string): Promise<void> {
  await rm(path, { force: true });
  const handle = await open(path, "wx", mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
