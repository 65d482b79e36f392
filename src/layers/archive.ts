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

export type ArchiveRequest =
  | { readonly operation: "stat" | "get"; readonly root: string; readonly path: string }
  | ({ readonly operation: "put"; readonly root: string; readonly path: string } & PutOptions)
  | { readonly operation: "export"; readonly root: string };

/*
 * `root` is a directory, such as a mounted root file system, or `/proc/PID/root`: then the mounts of that process,
 * volumes among them, are seen. Every symbolic link is resolved within it. Errors: `notFound` for a path that is
 * not there, `invalid` for a damaged archive or a target of the wrong kind.
 */

export function statPath(root: string, path: string, signal?: AbortSignal): Promise<PathStat> {
  return start<PathStat>({ operation: "stat", root, path }, { signal }).result;
}

/**
 * An archive of a file or a tree, named after the path's last part; `/.` at the end leaves that name out. A link at
 * the end of the path is archived, not followed.
 */
export async function getArchive(
  root: string,
  path: string,
  signal?: AbortSignal,
): Promise<{ stat: PathStat; stream: ReadableStream<Uint8Array> }> {
  const { promise: stat, resolve } = Promise.withResolvers<PathStat>();
  const onEvent = (event: unknown) => resolve(event as PathStat);
  const child = start<null>({ operation: "get", root, path }, { signal, output: true, onEvent });
  const stream = verified(child);
  // The stat comes first; a child that ends without one has failed.
  const found = await Promise.race([stat, child.result.then(() => stat)]);
  return { stat: found, stream };
}

/** Unpacks an archive, plain or compressed with gzip or zstd, into a directory that exists. */
export async function putArchive(
  root: string,
  path: string,
  archive: ReadableStream<Uint8Array>,
  options: PutOptions = {},
  signal?: AbortSignal,
): Promise<void> {
  await start<null>({ operation: "put", root, path, ...options }, { signal, stdin: archive }).result;
}

/** An archive of everything in `root`. */
export function exportArchive(root: string, signal?: AbortSignal): ReadableStream<Uint8Array> {
  return verified(start<null>({ operation: "export", root }, { signal, output: true }));
}

function start<Result>(request: ArchiveRequest, options: Parameters<typeof startChild>[2]) {
  return startChild<Result>("fs-archive", request, options);
}
