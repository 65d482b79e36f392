import { closeSync, readlinkSync } from "node:fs";
import { posix } from "node:path";
import type * as api from "../../api/index.ts";
import { errnoOf, invalid, notFound, SlipwayError } from "../../errors/index.ts";
import { openInRoot } from "../../os/inroot.ts";
import type { EngineContext } from "../context.ts";
import { decompressed } from "../image/decompress.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { resolveUser } from "./spec/user.ts";
import { closing, type OpenTree, openTree, refuseAbsent } from "./tree.ts";

/** What is at a path in a container, running or not. */
export async function statPath(
  engine: EngineContext,
  ref: string,
  path: string,
): Promise<api.ContainerPathStat> {
  const tree = await openTree(engine, engine.containers.find(ref));
  try {
    // An answer to HEAD has no words: what is absent is refused when it is to be read or written.
    return await found(ref, path, () => engine.files.stat(tree, path));
  } finally {
    await tree.close();
  }
}

/** `cp` out of a container. */
export async function getArchive(
  engine: EngineContext,
  ref: string,
  path: string,
  signal: AbortSignal,
): Promise<{ stat: api.ContainerPathStat; tar: AsyncIterable<Uint8Array> }> {
  const container = engine.containers.find(ref);
  const tree = await openTree(engine, container);
  try {
    refuseAbsent(tree, realPath(tree, path));
    const { stat, tar } = await found(ref, path, () => engine.files.get(tree, path, signal));
    emit(engine, container, "archive-path");
    return { stat, tar: closing(container, tree, tar) };
  } catch (error) {
    await tree.close();
    throw error;
  }
}

/** `cp` into a container: unpacks an archive, plain or compressed, in a directory. */
export async function putArchive(
  engine: EngineContext,
  ref: string,
  path: string,
  tar: AsyncIterable<Uint8Array>,
  options: { noOverwriteDirNonDir: boolean; copyUIDGID: boolean },
  signal: AbortSignal,
): Promise<void> {
  const container = engine.containers.find(ref);
  const tree = await openTree(engine, container);
  try {
    refuseAbsent(tree, realPath(tree, path));
    refuseReadOnly(container, realPath(tree, path));
    // Docker gives the files to the user that the container is said to run as; without one they keep their owners.
    const owner = options.copyUIDGID && container.record.config.User ? ownerIn(tree, container) : undefined;
    const { noOverwriteDirNonDir } = options;
    const how = { noOverwriteDirNonDir, ...(owner === undefined ? {} : { owner }) };
    await found(ref, path, () => engine.files.put(tree, path, decompressed(tar, signal), how, signal));
  } finally {
    await tree.close();
  }
  emit(engine, container, "extract-to-dir");
}

async function found<T>(ref: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const missing = cause instanceof SlipwayError && cause.kind === "notFound";
    if (!missing && errnoOf(cause) !== "ENOENT") throw cause;
    throw notFound(`Could not find the file ${path} in container ${ref}`, { cause });
  }
}

/** The path with its links followed, as the container's processes would see it. */
function realPath({ root }: OpenTree, path: string): string {
  const O_PATH = 0o10000000;
  const plain = posix.resolve("/", path);
  let fd: number;
  try {
    fd = openInRoot(root, plain, O_PATH);
  } catch {
    // What does not exist is refused later, with the reason.
    return plain;
  }
  try {
    const real = readlinkSync(`/proc/self/fd/${fd}`);
    return real.startsWith(`${root}/`) ? real.slice(root.length) : real;
  } finally {
    closeSync(fd);
  }
}

/** A read-only volume, or outside of volumes a read-only root, takes nothing. */
function refuseReadOnly({ record }: Container, path: string): void {
  const within = record.mounts.filter(
    ({ point }) => path === point.Destination || path.startsWith(`${point.Destination}/`),
  );
  const [innermost] = within.sort((a, b) => b.point.Destination.length - a.point.Destination.length);
  if (innermost !== undefined) {
    if (!innermost.point.RW) throw invalid("mounted volume is marked read-only");
  } else if (record.hostConfig.ReadonlyRootfs) {
    throw invalid("container rootfs is marked read-only");
  }
}

function ownerIn({ root }: OpenTree, { record }: Container): { uid: number; gid: number } {
  const { uid, gid } = resolveUser(root, record.config.User ?? "", []);
  return { uid, gid };
}
