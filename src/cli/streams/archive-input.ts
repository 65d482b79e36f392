import { existsSync, statSync } from "node:fs";
import { filePieces } from "../../os/file-pieces.ts";
import { wrong } from "../local-error.ts";
import { isTerminal } from "./terminal.ts";

/** The bytes of a file, or of stdin when `path` is empty or `-`; refuses to wait for a person's keys. */
export function archiveInput(path: string, hint: string): AsyncIterable<Uint8Array> {
  if (path !== "" && path !== "-") {
    if (!existsSync(path)) throw wrong(`open ${path}: no such file or directory`);
    if (statSync(path).isDirectory()) throw wrong(`${path} is a directory, not an archive`);
    return filePieces(path);
  }
  if (isTerminal(0)) throw wrong(hint);
  return Bun.stdin.stream() as unknown as AsyncIterable<Uint8Array>;
}
