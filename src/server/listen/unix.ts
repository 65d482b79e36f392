import { chmodSync, chownSync, lstatSync, readFileSync, unlinkSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";
import { conflict, errnoOf } from "../../errors/index.ts";
import { listening } from "./listening.ts";

/**
 * Listens on a socket file that root and a group (where the host has it) may use. The file of an engine that is gone is
 * replaced; one that answers is a `conflict`. Answers how to remove the file.
 */
export async function listenUnix(server: Server, path: string, group: string): Promise<() => void> {
  await removeStale(path);
  // Nobody may connect in the moment between bind(2) and chown(2).
  const umask = process.umask(0o177);
  try {
    await listening(server, { path });
  } finally {
    process.umask(umask);
  }
  const inode = lstatSync(path).ino;
  const gid = process.getuid?.() === 0 ? groupId(group) : undefined;
  if (gid !== undefined) chownSync(path, 0, gid);
  chmodSync(path, 0o660);
  return () => removeIfOurs(path, inode);
}

/** The file may be another engine's by now: two that start at once replace each other's. */
function removeIfOurs(path: string, inode: number): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.ino === inode) unlinkSync(path);
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw conflict(`cannot listen on ${path}: there is a file that is not a socket`);
  if (await answers(path)) {
    throw conflict(`cannot listen on ${path}: another engine does already; stop it or give another --host`);
  }
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      socket.destroy();
      const errno = errnoOf(error);
      if (errno === "ECONNREFUSED" || errno === "ENOENT") resolve(false);
      else reject(error);
    });
  });
}

/** From /etc/group (group(5)); undefined when the host has no such group. */
function groupId(name: string): number | undefined {
  const line = readFileSync("/etc/group", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  return line === undefined ? undefined : Number(line.split(":")[2]);
}
