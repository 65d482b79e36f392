import { chmodSync, chownSync, rmSync, writeFileSync } from "node:fs";
import { fsPath, posix } from "../../../../archive/index.ts";
import { invalid, notFound } from "../../../../errors/index.ts";
import { statOf } from "../../../../layers/child/packer.ts";
import { resolveLinks } from "../../../../layers/child/resolve.ts";
import { setTimesOf } from "../../../../os/times.ts";
import { cpath } from "../../../../os/xattr.ts";
import type { FileAction } from "../../../graph/index.ts";
import type { EarlierFiles } from "./earlier/files.ts";
import { parseMode } from "./mode.ts";
import type { Owner } from "./owner.ts";
import { makeDirectories } from "./place.ts";
import type { DirectoryTimes } from "./times.ts";

type Action<A extends FileAction["action"]> = Extract<FileAction, { action: A }>;

export interface Place {
  readonly times: DirectoryTimes;
  /** Of what no source gives a time, nanoseconds since the epoch. */
  readonly time: bigint;
  readonly earlier?: EarlierFiles | undefined;
}

/** A directory that is there stays as it is. */
export function makeDirectory({ path, mode }: Action<"mkdir">, owner: Owner, place: Place): void {
  makeDirectories(path, { ...place, owner, mode, replaceLinks: false });
}

export function write(
  { path, name, content, mode }: Action<"write">,
  owner: Owner,
  { times, time }: Place,
): void {
  const options = { times, time, owner, mode: 0o755, replaceLinks: false };
  const directory = makeDirectories(posix.dirname(path), options);
  const found = resolveLinks(posix.join(directory, posix.basename(path)));
  const within = name !== undefined && statOf(found)?.isDirectory() === true;
  const full = within ? resolveLinks(posix.join(found, name)) : found;
  if (statOf(full)?.isDirectory()) throw invalid(`cannot write ${path}: it is a directory`);
  times.keep(posix.dirname(full));
  writeFileSync(fsPath(full), content);
  chownSync(fsPath(full), owner.uid, owner.gid);
  chmodSync(fsPath(full), typeof mode === "number" ? mode : parseMode(mode)(0o644, false));
  setTimesOf(cpath(fsPath(full)), time);
}

/** A link at the end of the path is removed, not what it leads to. */
export function remove({ path, allowMissing }: Action<"remove">, { times }: Place): void {
  const directory = resolveLinks(posix.dirname(path));
  const full = posix.join(directory, posix.basename(path));
  if (statOf(full) === undefined) {
    if (allowMissing) return;
    throw notFound(`${JSON.stringify(path)}: not found`);
  }
  times.keep(directory);
  rmSync(fsPath(full), { recursive: true });
}
