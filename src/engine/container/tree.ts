import { randomUUID } from "node:crypto";
import type { MountPoint } from "../../api/index.ts";
import { conflict } from "../../errors/index.ts";
import { holdRoot } from "../../os/process-root.ts";
import type { EngineContext } from "../context.ts";
import type { FileTree } from "../files.ts";
import type { Container } from "./container.ts";
import type { ContainerMount } from "./record.ts";

/** A container's files while somebody looks at them. */
export interface OpenTree extends FileTree {
  /** Places whose files are there only while the container runs: of images, and of changes kept apart. */
  readonly absent: readonly string[];
  close(): Promise<void>;
}

/**
 * A running container's files as its processes see them, even after their end; otherwise its snapshot, mounted,
 * with its volumes.
 */
export async function openTree(engine: EngineContext, container: Container): Promise<OpenTree> {
  const { record } = container;
  if (record.state.status === "dead" || container.deleted) {
    throw conflict(`container ${record.id} is dead or marked for removal: it has no files any more`);
  }
  // Counted for a running container, too: if it is restarted meanwhile, both see one and the same mount.
  const root = await engine.rootfs.mount(record);
  const unmount = () => engine.rootfs.unmount(record);
  const { initPid: pid, startTicks } = record.state;
  const held = pid === 0 ? undefined : holdRoot({ pid, startTicks });
  if (held !== undefined) {
    const close = async () => {
      held.close();
      await unmount();
    };
    return { root: held.path, mounts: [], absent: [], close };
  }
  const user = `files ${randomUUID()}`;
  const release = async () => {
    for (const name of engine.volumes.mountedBy(user)) await engine.volumes.unmount(name, user);
    await unmount();
  };
  try {
    for (const { point } of record.mounts) {
      if (point.Type === "volume" && point.Name) await engine.volumes.mount(point.Name, user);
    }
  } catch (error) {
    await release();
    throw error;
  }
  const mounts = record.mounts
    .filter((mount) => mount.point.Type !== "tmpfs" && !isMadeForRun(mount))
    .map(({ point }) => ({
      source: sourceOf(engine, point),
      destination: point.Destination,
      writable: point.RW,
    }));
  const absent = record.mounts.filter(isMadeForRun).map(({ point }) => point.Destination);
  return { root, mounts, absent, close: release };
}

/** Writing to their sources would change what the container must not. */
const isMadeForRun = ({ image, overlay }: ContainerMount) => image !== undefined || overlay === true;

/** `conflict` where a path of a container that does not run leads to what only a running one has. */
export function refuseAbsent({ absent }: OpenTree, path: string): void {
  const place = absent.find((each) => path === each || path.startsWith(`${each}/`));
  if (place === undefined) return;
  throw conflict(
    `${place} is mounted only while the container runs: start it, or copy from the mount's source`,
  );
}

/** A plugin tells anew at each mount where its volume is. */
const sourceOf = ({ volumes }: EngineContext, { Type, Name, Source }: MountPoint): string =>
  Type === "volume" && Name !== undefined ? volumes.path(Name) : Source;

/** What is read of a container that is removed meanwhile may lack files: better no end than a wrong one. */
export function refuseRemoved({ deleted, record }: Container): void {
  if (deleted) throw conflict(`container ${record.id} was removed while its files were read`);
}

/** Passes a stream of the container's files on and closes the tree after its end, however it ends. */
export async function* closing<T>(
  container: Container,
  tree: OpenTree,
  stream: AsyncIterable<T>,
): AsyncGenerator<T> {
  try {
    yield* stream;
    refuseRemoved(container);
  } finally {
    await tree.close();
  }
}
