import type * as api from "../../api/index.ts";
import { errnoOf, notFound, SlipwayError } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { userFrom } from "./spec/user.ts";
import { closing, type OpenTree, openTree } from "./tree.ts";

/** What is at a path in a container, running or not. */
export async function statPath(
  engine: EngineContext,
  ref: string,
  path: string,
  signal: AbortSignal,
): Promise<api.ContainerPathStat> {
  const tree = await openTree(engine, engine.containers.find(ref));
  try {
    // An answer to HEAD has no words: what is absent is refused when it is to be read or written.
    return await found(ref, path, () => engine.files.stat(tree, path, signal));
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
): Promise<{ stat: api.ContainerPathStat; matches: number; tar: AsyncIterable<Uint8Array> }> {
  const container = engine.containers.find(ref);
  const tree = await openTree(engine, container);
  try {
    const { stat, matches, tar } = await found(ref, path, () => engine.files.get(tree, path, signal));
    emit(engine, container, "archive-path");
    return { stat, matches, tar: closing(container, tree, tar) };
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
    // Docker gives the files to the user that the container is said to run as; without one they keep their owners.
    const asUser = options.copyUIDGID && Boolean(container.record.config.User);
    const owner = asUser ? await ownerIn(engine, tree, container, signal) : undefined;
    const { noOverwriteDirNonDir } = options;
    const how = { noOverwriteDirNonDir, ...(owner === undefined ? {} : { owner }) };
    await found(ref, path, () => engine.files.put(tree, path, tar, how, signal));
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

/** Of the container's own user, by the container's own files, which may be on a mount that hangs. */
async function ownerIn(
  engine: EngineContext,
  tree: OpenTree,
  { record }: Container,
  signal: AbortSignal,
): Promise<{ uid: number; gid: number }> {
  const [passwd, group] = await engine.files.read(tree, ["/etc/passwd", "/etc/group"], signal);
  const { uid, gid } = userFrom({ passwd, group }, record.config.User ?? "", []);
  return { uid, gid };
}
