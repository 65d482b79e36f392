import type * as api from "../api/index.ts";
import {
  changes,
  exportArchive,
  type Guard,
  getArchive,
  putArchive,
  readTexts,
  statPath,
} from "../layers/index.ts";
import type { Snapshotter } from "../snapshots/index.ts";

/** A root filesystem to look into, with what is mounted over parts of it. */
export interface FileTree extends Guard {
  root: string;
  /** Volumes and binds of a container that does not run; of one that does, the root shows them. */
  mounts: readonly { source: string; subpath?: string; destination: string; writable: boolean }[];
}

/** Reads and writes files of containers, in children that cannot leave the tree. */
export interface FileTrees {
  /** `notFound` when there is nothing at the path. A last component that is a link is not followed. */
  stat(tree: FileTree, path: string, signal?: AbortSignal): Promise<api.ContainerPathStat>;
  /** Texts of small files; undefined for what is not there. */
  read(tree: FileTree, paths: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]>;
  /**
   * A tar archive of the file or directory; its entries begin with the path's last component. A path that is not there
   * may be a pattern: `matches` says of how many files then.
   */
  get(
    tree: FileTree,
    path: string,
    signal: AbortSignal,
  ): Promise<{ stat: api.ContainerPathStat; matches: number; tar: AsyncIterable<Uint8Array> }>;
  put(
    tree: FileTree,
    path: string,
    tar: AsyncIterable<Uint8Array>,
    options: { noOverwriteDirNonDir?: boolean; holes?: boolean; owner?: { uid: number; gid: number } },
    signal: AbortSignal,
  ): Promise<void>;
  /** A tar archive of the whole tree. */
  export(root: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What a writable snapshot changed of what is below it. */
  changes(key: string): Promise<api.FilesystemChange[]>;
}

/** Files of containers by way of the layers' children. */
export function fileTrees(snapshots: Snapshotter): FileTrees {
  return {
    stat: statPath,
    read: readTexts,

    async get(tree, path, signal) {
      const { stat, matches, stream } = await getArchive(tree, path, signal);
      return { stat, matches, tar: stream };
    },

    put: putArchive,

    export: (root, signal) => exportArchive(root, signal),

    async changes(key) {
      const found = await changes(snapshots.directory(key), snapshots.lowerDirectories(key));
      return found.map(({ path, kind }) => ({ Path: path, Kind: kind }));
    },
  };
}
