import { changes, exportArchive, getArchive, putArchive, statPath } from "../layers/index.ts";
import type { Snapshotter } from "../snapshots/index.ts";
import type { FileTrees } from "./storage.ts";

/** Files of containers by way of the layers' children. */
export function fileTrees(snapshots: Snapshotter): FileTrees {
  return {
    stat: ({ root, mounts }, path) => statPath({ root, mounts }, path),

    async get({ root, mounts }, path, signal) {
      const { stat, stream } = await getArchive({ root, mounts }, path, signal);
      return { stat, tar: stream };
    },

    put: ({ root, mounts }, path, tar, options, signal) =>
      putArchive({ root, mounts }, path, streamOf(tar), options, signal),

    export: (root, signal) => exportArchive(root, signal),

    async changes(key) {
      const found = await changes(snapshots.directory(key), snapshots.lowerDirectories(key));
      return found.map(({ path, kind }) => ({ Path: path, Kind: kind }));
    },
  };
}

/** A stream that asks its source for no more than its reader takes. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        await iterator.return?.(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
