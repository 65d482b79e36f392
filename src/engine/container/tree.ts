import { conflict } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { FileTree } from "../files.ts";
import type { Container } from "./container.ts";

/** A container's files while somebody looks at them. */
export interface OpenTree extends FileTree {
  close(): Promise<void>;
}

/** A running container's files as its processes see them; otherwise its snapshot, mounted, with its volumes. */
export async function openTree(engine: EngineContext, container: Container): Promise<OpenTree> {
  const { record } = container;
  if (record.state.status === "dead" || container.deleted) {
    throw conflict(`container ${record.id} is dead or marked for removal: it has no files any more`);
  }
  if (record.state.initPid !== 0) {
    return { root: `/proc/${record.state.initPid}/root`, mounts: [], close: async () => {} };
  }
  const root = await engine.rootfs.mount(record);
  const mounts = record.mounts
    .filter(({ point }) => point.Type !== "tmpfs")
    .map(({ point }) => ({ source: point.Source, destination: point.Destination, writable: point.RW }));
  return { root, mounts, close: () => engine.rootfs.unmount(record) };
}

/** Passes a stream on and closes the tree after its end, however it ends. */
export async function* closing<T>(tree: OpenTree, stream: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* stream;
  } finally {
    await tree.close();
  }
}
