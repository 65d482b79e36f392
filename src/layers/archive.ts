import { closeSync } from "node:fs";
import { decompressed } from "../archive/index.ts";
import { unavailable } from "../errors/index.ts";
import { feed, openInput, openOutput, outputOf } from "./child-pipe.ts";
import { type Child, type ChildOptions, startChild } from "./child-process.ts";

/** What `HEAD /containers/{id}/archive` tells, in the X-Docker-Container-Path-Stat header. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  /** As Go's os.FileMode counts: permission bits, and the type in the highest ones. */
  readonly mode: number;
  /** RFC 3339 with nanoseconds. */
  readonly mtime: string;
  /** Where a symbolic link leads in the end, as far as that exists; empty for everything else. */
  readonly linkTarget: string;
}

export interface PutOptions {
  /** A directory is not replaced by something else, nor something else by a directory. */
  readonly noOverwriteDirNonDir?: boolean;
  /** What holds nothing but zeros takes no space. */
  readonly holes?: boolean;
  /** Owner of all that is unpacked, instead of the archive's. */
  readonly owner?: { uid: number; gid: number };
}

/** A file or directory that lies over a place in a tree. */
export interface Overmount {
  readonly source: string;
  /** What of the source is meant; links inside it lead nowhere else. */
  readonly subpath?: string;
  readonly destination: string;
  readonly writable: boolean;
}

/** What a path may lead to, and what not. */
export interface Guard {
  /** Places that are not there at the moment, with the words to refuse them with. */
  readonly absent?: readonly { destination: string; reason: string }[];
  /** What is mounted, to know what of it takes something. */
  readonly places?: readonly { destination: string; writable: boolean }[];
  /** What lies outside of the places takes nothing. */
  readonly readOnlyRoot?: boolean;
}

/**
 * A root filesystem to look into: a directory, such as a mounted one, with what is to be seen over parts of it; or
 * `/proc/PID/root`, where the mounts of that process, volumes among them, are seen anyway.
 */
export interface Tree extends Guard {
  readonly root: string;
  readonly mounts?: readonly Overmount[];
}

export type ArchiveRequest = Tree &
  (
    | { readonly operation: "stat"; readonly path: string }
    | { readonly operation: "get"; readonly path: string }
    | { readonly operation: "read"; readonly paths: readonly string[] }
    | ({ readonly operation: "put"; readonly path: string } & PutOptions)
    | { readonly operation: "export" }
  );

/** What a child says before it reads or writes an archive. */
export interface Begun {
  readonly stat: PathStat;
  /** How many files a pattern matched; 0 for a path that is none. */
  readonly matches: number;
}

/** A file or a tree on its way out of a root filesystem. */
export interface OutgoingArchive extends Begun {
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Milliseconds in which the files at a path must be found: a volume's server may have vanished. */
const patience = 10_000;

/*
 * Every symbolic link is resolved within the tree. Errors: `notFound` for a path that is
 * not there, `invalid` for a damaged archive or a target of the wrong kind, `unavailable` for files that do not answer.
 */

export async function statPath(tree: Tree, path: string, signal?: AbortSignal): Promise<PathStat> {
  const work = start<PathStat>({ operation: "stat", ...tree, path }, signal);
  return await work.soon(work.child.result);
}

/** Texts of small files, of which at most 4 MiB are read; undefined for what is not there. */
export async function readTexts(
  tree: Tree,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<(string | undefined)[]> {
  const work = start<(string | null)[]>({ operation: "read", ...tree, paths }, signal);
  return (await work.soon(work.child.result)).map((text) => text ?? undefined);
}

/**
 * An archive of a file or a tree, named after the path's last part; `/.` at the end leaves that name out. A link at
 * the end of the path is archived, not followed. A path that is not there and has `*`, `?` or `[` in it is a pattern:
 * the archive has what it matches, each under its own name. The stream must be read or given up (`return`).
 */
export async function getArchive(tree: Tree, path: string, signal?: AbortSignal): Promise<OutgoingArchive> {
  const pipe = openOutput();
  try {
    const work = start<null>({ operation: "get", ...tree, path }, signal, { output: pipe.childEnd });
    const begun = await work.soon(work.begun);
    return { ...(begun as Begun), stream: outputOf(pipe, work.child.result, work.abort) };
  } catch (error) {
    closeSync(pipe.ourEnd);
    throw error;
  } finally {
    closeSync(pipe.childEnd);
  }
}

/** Unpacks an archive, plain or compressed with gzip, zstd, bzip2 or xz, into a directory that exists. */
export async function putArchive(
  tree: Tree,
  path: string,
  archive: AsyncIterable<Uint8Array>,
  options: PutOptions = {},
  signal?: AbortSignal,
): Promise<void> {
  const pipe = openInput();
  let work: Work<null>;
  try {
    work = start<null>({ operation: "put", ...tree, path, ...options }, signal, { stdin: pipe.childEnd });
  } catch (error) {
    closeSync(pipe.ourEnd);
    throw error;
  } finally {
    closeSync(pipe.childEnd);
  }
  try {
    await work.soon(work.begun);
  } catch (error) {
    closeSync(pipe.ourEnd);
    throw error;
  }
  await feed(pipe, decompressed(archive, signal, ["bzip2", "xz"]), work.child.result, work.abort);
}

/** An archive of everything in `root`. */
export async function* exportArchive(root: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const pipe = openOutput();
  let work: Work<null>;
  try {
    work = start<null>({ operation: "export", root }, signal, { output: pipe.childEnd });
  } catch (error) {
    closeSync(pipe.ourEnd);
    throw error;
  } finally {
    closeSync(pipe.childEnd);
  }
  yield* outputOf(pipe, work.child.result, work.abort);
}

interface Work<Result> {
  readonly child: Child<Result>;
  /** The first event: the path was found. A child that ends without has failed. */
  readonly begun: Promise<unknown>;
  /** Kills the child. */
  readonly abort: AbortController;
  /** Waits no longer than files on a disk take to be found, and then kills the child. */
  soon<T>(answer: Promise<T>): Promise<T>;
}

function start<Result>(
  request: ArchiveRequest,
  signal: AbortSignal | undefined,
  options: Pick<ChildOptions, "stdin" | "output"> = {},
): Work<Result> {
  const abort = new AbortController();
  const either = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const child = startChild<Result>("fs-archive", request, { ...options, signal: either, onEvent: resolve });
  const begun = Promise.race([promise, child.result.then(() => promise)]);
  // Whoever waits for one of them only learns its error; the other's is the same.
  begun.catch(() => undefined);
  child.result.catch(() => undefined);
  return { child, begun, abort, soon: (answer) => soon(answer, abort) };
}

async function soon<T>(answer: Promise<T>, abort: AbortController): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const waited = `${patience / 1000} seconds`;
    reject(unavailable(`the files did not answer within ${waited}: is a mounted file system's server gone?`));
    // A process that the kernel holds in a call ends when that does; nobody waits for it.
    abort.abort();
  }, patience);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
