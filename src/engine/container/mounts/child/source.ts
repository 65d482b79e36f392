import { closeSync, mkdirSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf, invalid, notFound } from "../../../../errors/index.ts";
import { answer } from "../../../../layers/child/protocol.ts";
import { exchanged, mountIdMapped } from "../../../../os/idmap.ts";
import { openInRoot } from "../../../../os/inroot.ts";
import { mount } from "../../../../os/mount.ts";
import { chownTree } from "../chown.ts";
import { mountCopyOnWrite } from "../overlay.ts";
import { checkPropagation } from "../propagation.ts";
import type { SourceRequest } from "../source.ts";

/** `internal mount-source`: looks at a mount's source, which may lie on a server that does not answer, and changes it. */
export const run = (args: string[]): Promise<number> => answer(args, prepare);

/** Answers the path that the runtime is to bind: nobody but the engine can put something else there. */
async function prepare(request: SourceRequest): Promise<string> {
  const { path, subpath, options, owner, changes, user, places } = request;
  const plain = subpath === undefined ? existing(request) : bindInside(path, subpath, request);
  checkPropagation(plain, options);
  let source = plain;
  if (owner !== undefined) {
    const { uid, gid } = statSync(source);
    const target = mountPoint(statSync(source).isDirectory(), `${places}.owners`);
    const uids = exchanged(uid, owner.uid ?? uid);
    const gids = exchanged(gid, owner.gid ?? gid);
    await mountIdMapped({ source, target, recursive: options.includes("rbind"), uids, gids });
    source = target;
  }
  if (changes !== undefined) {
    const target = mountPoint(statSync(source).isDirectory(), `${places}.overlay`);
    mountCopyOnWrite(source, changes, target);
    source = target;
  }
  if (user !== undefined) await chownTree(source, changes === undefined ? plain : source, user);
  return source;
}

function existing({ path, createSource }: SourceRequest): string {
  try {
    // Not stat(2): what it says may come from a cache.
    statfsSync(path);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
    if (createSource) mkdirSync(path, { recursive: true });
    else throw missingSource(path, cause);
  }
  return path;
}

export const missingSource = (path: string, cause?: unknown) =>
  invalid(`invalid mount config for type "bind": bind source path does not exist: ${path}`, { cause });

/**
 * Mounts what lies at a subpath, links resolved within the root, on a place of the engine's. It is bound by its
 * descriptor: who can write to the volume cannot have another path mounted instead.
 */
function bindInside(root: string, subpath: string, { places, what, options }: SourceRequest): string {
  const O_PATH = 0o10000000;
  let fd: number;
  try {
    fd = openInRoot(root, subpath, O_PATH);
  } catch (cause) {
    if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoOf(cause) ?? "")) throw cause;
    throw notFound(`cannot access path ${subpath} of ${what}: no such file or directory`, { cause });
  }
  try {
    const source = `/proc/self/fd/${fd}`;
    const target = mountPoint(statSync(source).isDirectory(), `${places}.subpath`);
    const recursive = options.includes("rbind") ? "rbind" : "bind";
    mount({ type: "bind", source, options: [recursive, "rprivate"] }, target);
    return target;
  } finally {
    closeSync(fd);
  }
}

/** A directory or an empty file to mount something on. */
function mountPoint(isDirectory: boolean, path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  if (isDirectory) mkdirSync(path, { recursive: true });
  else writeFileSync(path, "");
  return path;
}
