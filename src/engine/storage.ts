import type * as api from "../api/index.ts";
import type { Snapshotter } from "../snapshots/index.ts";
import type { ImageVerbs } from "./backend.ts";
import type { ImageLookup } from "./context.ts";

/** A root filesystem to look into, with what is mounted over parts of it. */
export interface FileTree {
  root: string;
  /** Volumes and binds of a container that does not run; of one that does, the root shows them. */
  mounts: readonly { source: string; destination: string; writable: boolean }[];
}

/** Reads and writes files of containers, in children that cannot leave the tree. */
export interface FileTrees {
  /** `notFound` when there is nothing at the path. A last component that is a link is not followed. */
  stat(tree: FileTree, path: string): Promise<api.ContainerPathStat>;
  /** A tar archive of the file or directory; its entries begin with the path's last component. */
  get(
    tree: FileTree,
    path: string,
    signal: AbortSignal,
  ): Promise<{ stat: api.ContainerPathStat; tar: AsyncIterable<Uint8Array> }>;
  put(
    tree: FileTree,
    path: string,
    tar: AsyncIterable<Uint8Array>,
    options: { noOverwriteDirNonDir: boolean; owner?: { uid: number; gid: number } },
    signal: AbortSignal,
  ): Promise<void>;
  /** A tar archive of the whole tree. */
  export(root: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What a writable snapshot changed of what is below it. */
  changes(key: string): Promise<api.FilesystemChange[]>;
}

/** Images, snapshots and the files in them. */
export interface Storage {
  images: ImageLookup;
  verbs: ImageVerbs;
  snapshots: Snapshotter;
  files: FileTrees;
}
