import { startChild } from "./child-process.ts";
import { verified } from "./verified.ts";

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
  /** Owner of all that is unpacked, instead of the archive's. */
  readonly owner?: { uid: number; gid: number };
}

/** A file or directory that lies over a place in a tree. */
export interface Overmount {
  readonly source: string;
  readonly destination: string;
  readonly writable: boolean;
}

/**
 * A root filesystem to look into: a directory, such as a mounted one, with what is to be seen over parts of it; or
 * `/proc/PID/root`, where the mounts of that process, volumes among them, are seen anyway.
 */
export interface Tree {
  readonly root: string;
  readonly mounts?: readonly Overmount[];
}

export type ArchiveRequest = Tree &
  (
    | { readonly operation: "stat" | "get"; readonly path: string }
    | ({ readonly operation: "put"; readonly path: string } & PutOptions)
    | { readonly operation: "export" }
  );

/*
 * Every symbolic link is resolved within the tree. Errors: `notFound` for a path that is
 * not there, `invalid` for a damaged archive or a target of the wrong kind.
 */

export function statPath(tree: Tree, path: string, signal?: AbortSignal): Promise<PathStat> {
  return start<PathStat>({ operation: "stat", ...tree, path }, { signal }).result;
}

/**
 * An archive of a file or a tree, named after the path's last part; `/.` at the end leaves that name out. A link at
 * the end of the path is archived, not followed.
 */
export async function getArchive(
  tree: Tree,
  path: string,
  signal?: AbortSignal,
): Promise<{ stat: PathStat; stream: ReadableStream<Uint8Array> }> {
  const { promise: stat, resolve } = Promise.withResolvers<PathStat>();
  const onEvent = (event: unknown) => resolve(event as PathStat);
  const child = start<null>({ operation: "get", ...tree, path }, { signal, output: true, onEvent });
  const stream = verified(child);
  // The stat comes first; a child that ends without one has failed.
  const found = await Promise.race([stat, child.result.then(() => stat)]);
  return { stat: found, stream };
}

/** Unpacks an archive, plain or compressed with gzip or zstd, into a directory that exists. */
export async function putArchive(
  tree: Tree,
  path: string,
  archive: ReadableStream<Uint8Array>,
  options: PutOptions = {},
  signal?: AbortSignal,
): Promise<void> {
  await start<null>({ operation: "put", ...tree, path, ...options }, { signal, stdin: archive }).result;
}

/** An archive of everything in `root`. */
export function exportArchive(root: string, signal?: AbortSignal): ReadableStream<Uint8Array> {
  return verified(start<null>({ operation: "export", root }, { signal, output: true }));
}

function start<Result>(request: ArchiveRequest, options: Parameters<typeof startChild>[2]) {
  return startChild<Result>("fs-archive", request, options);
}
