import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../errors/index.ts";
import { wrong } from "../local-error.ts";
import { openOutput } from "./output.ts";
import { isTerminal } from "./terminal.ts";

/** Refuses a place where an archive cannot be written, before anything is asked of the engine. */
export function checkArchiveOutput(path: string, flag: string): void {
  if (path === "") {
    if (isTerminal(1))
      throw wrong(`cowardly refusing to save to a terminal. Use the ${flag} flag or redirect`);
    return;
  }
  const directory = dirname(path);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw wrong(`invalid output path: directory "${directory}" does not exist`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw wrong(`invalid output path: "${path}" must not be a directory`);
  }
}

/** Writes a stream to stdout, or to a file that appears only when it is complete. */
export async function writeArchive(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  if (path === "") {
    const output = openOutput();
    for await (const chunk of chunks) await output.write("stdout", chunk);
    return;
  }
  // A device or a pipe cannot be replaced by a file.
  const special = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  const temporary = special ? path : `${path}.${process.pid}.partial`;
  const file = openSync(temporary, special ? "w" : "wx", 0o600);
  try {
    for await (const chunk of chunks) for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
    if (special) return;
    fsyncSync(file);
    renameSync(temporary, path);
  } catch (error) {
    if (!special) rmSync(temporary, { force: true });
    throw wrong(`write ${path}: ${messageOf(error)}`);
  } finally {
    closeSync(file);
  }
}
