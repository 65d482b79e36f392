import type * as api from "../api/index.ts";
import { changes, exportArchive, getArchive, putArchive, statPath } from "../layers/index.ts";
import type { Snapshotter } from "../snapshots/index.ts";

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

/** Files of containers by way of the layers' children. */
export function fileTrees(snapshots: Snapshotter): FileTrees {
  return {
    stat: ({ root, mounts }, path) => statPath({ root, mounts }, path),

    async get({ root, mounts }, path, signal) {
      const { stat, stream } = await getArchive({ root, mounts }, path, signal);
      return { stat, tar: stream };
    },

    async put({ root, mounts }, path, tar, options, signal) {
      const source = new Source(tar);
      const putting = putArchive({ root, mounts }, path, source.stream, options, signal);
      // To the child, a source that breaks is one that ends: what it makes of that is of no interest.
      const [outcome] = await Promise.allSettled([putting]);
      if (source.failure !== undefined) throw source.failure;
      if (outcome.status === "rejected") throw outcome.reason;
    },

    export: (root, signal) => exportArchive(root, signal),

    async changes(key) {
      const found = await changes(snapshots.directory(key), snapshots.lowerDirectories(key));
      return found.map(({ path, kind }) => ({ Path: path, Kind: kind }));
    },
  };
}

/** A stream that asks its source for no more than its reader takes, and remembers why it broke. */
class Source {
  failure: unknown;
  readonly stream: ReadableStream<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    const iterator = source[Symbol.asyncIterator]();
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      try {
        const { value, done } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        this.failure = error;
        controller.error(error);
      }
    };
    const cancel = async (reason: unknown) => {
      await iterator.return?.(reason);
    };
    this.stream = new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 });
  }
}
