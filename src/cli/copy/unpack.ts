import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readTar, type TarEntry, type TarHeader } from "../../archive/index.ts";
import { wrong } from "../local-error.ts";
import type { Plan } from "./plan.ts";

/**
 * Unpacks an archive that came out of a container: its root takes the plan's name. The container is not trusted:
 * no member can be written outside, neither by its name nor through a link that the archive brought.
 */
export async function unpack(tar: AsyncIterable<Uint8Array>, plan: Plan, keepOwner: boolean): Promise<void> {
  const directories: [string, TarHeader][] = [];
  let root: string | undefined;
  for await (const entry of readTar(tar)) {
    const { header } = entry;
    root ??= header.name.replace(/^\.?\/+|\/+$/g, "").split("/")[0] ?? "";
    const path = place(header.name, root, plan);
    checkParents(path, plan.directory);
    await create(path, entry, (name) => place(name, root!, plan));
    if (keepOwner) lchownSync(path, header.uid, header.gid);
    // Writing into a directory changes its time, and its mode may forbid it: both come last.
    if (header.type === "directory") directories.push([path, header]);
    else finish(path, header);
  }
  for (const [path, header] of directories.reverse()) finish(path, header);
}

function place(name: string, root: string, plan: Plan): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw wrong(`the container's archive has a member outside: "${name}"`);
  const below = root !== "" && parts[0] === root ? parts.slice(1) : parts;
  return join(plan.directory, plan.name, ...below);
}

function checkParents(path: string, top: string): void {
  for (let parent = dirname(path); parent.length > top.length; parent = dirname(parent)) {
    const info = lstatSync(parent, { throwIfNoEntry: false });
    if (info === undefined) mkdirSync(parent, { recursive: true, mode: 0o755 });
    else if (!info.isDirectory()) throw wrong(`refusing to write through "${parent}", which is no directory`);
  }
}

async function create(path: string, entry: TarEntry, resolve: (name: string) => string): Promise<void> {
  const { header } = entry;
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (header.type === "directory") {
    if (present?.isDirectory()) return;
    if (present !== undefined) throw wrong(`cannot overwrite non-directory "${path}" with a directory`);
    mkdirSync(path, { mode: 0o700 });
    return;
  }
  if (present?.isDirectory()) throw wrong(`cannot overwrite directory "${path}" with a non-directory`);
  if (present !== undefined) rmSync(path);
  if (header.type === "symlink") symlinkSync(header.linkName, path);
  else if (header.type === "hardlink") link(resolve(header.linkName), path);
  else if (header.type === "file") await write(path, entry);
  else throw wrong(`cannot create "${path}": it is a device or a pipe; use '-' to get the archive itself`);
}

function link(existing: string, path: string): void {
  if (!lstatSync(existing, { throwIfNoEntry: false })?.isFile())
    throw wrong(`"${path}" is a link to nothing that was copied`);
  linkSync(existing, path);
}

async function write(path: string, { body }: TarEntry): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of body) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}

function finish(path: string, header: TarHeader): void {
  if (header.type === "hardlink") return;
  if (header.type !== "symlink") chmodSync(path, header.mode & 0o7777);
  const seconds = Number(header.mtime) / 1e9;
  lutimesSync(path, seconds, seconds);
}
