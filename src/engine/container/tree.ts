import { randomUUID } from "node:crypto";
import type { MountPoint } from "../../api/index.ts";
import { conflict, messageOf } from "../../errors/index.ts";
import { holdRoot } from "../../os/process-root.ts";
import type { EngineContext } from "../context.ts";
import type { FileTree } from "../files.ts";
import type { Container } from "./container.ts";
import type { ContainerMount } from "./record.ts";

/** A container's files while somebody looks at them. */
export interface OpenTree extends FileTree {
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
  const readOnlyRoot = record.hostConfig.ReadonlyRootfs === true;
  const unmount = () => engine.rootfs.unmount(record);
  const { initPid: pid, startTicks } = record.state;
  const held = pid === 0 ? undefined : holdRoot({ pid, startTicks });
  if (held !== undefined) {
    const close = async () => {
      held.close();
      await unmount();
    };
    return { root: held.path, mounts: [], places: placesOf(container), readOnlyRoot, close };
  }
  const user = `files ${randomUUID()}`;
  const close = async () => {
    for (const name of engine.volumes.mountedBy(user)) await engine.volumes.unmount(name, user);
    await unmount();
  };
  const absent: Absent[] = record.mounts.filter(isMadeForRun).map(({ point }) => ({
    destination: point.Destination,
    reason: `${point.Destination} is mounted only while the container runs: start it, or copy from the mount's source`,
  }));
  const mounted = record.mounts.filter((mount) => mount.point.Type !== "tmpfs" && !isMadeForRun(mount));
  const mounts: FileTree["mounts"][number][] = [];
  for (const mount of mounted) {
    const { point, subpath } = mount;
    const failure = await mountVolume(engine, point, user);
    if (failure !== undefined) absent.push({ destination: point.Destination, reason: failure });
    else {
      const part = subpath === undefined ? {} : { subpath };
      const source = sourceOf(engine, point);
      mounts.push({ source, ...part, destination: point.Destination, writable: point.RW });
    }
  }
  return { root, mounts, absent, places: placesOf(container), readOnlyRoot, close };
}

type Absent = NonNullable<FileTree["absent"]>[number];

/** Why a volume cannot be had: whoever does not ask for what is in it need not know. */
async function mountVolume(
  engine: EngineContext,
  { Type, Name }: MountPoint,
  user: string,
): Promise<string | undefined> {
  if (Type !== "volume" || !Name) return undefined;
  try {
    await engine.volumes.mount(Name, user);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

const placesOf = ({ record }: Container) =>
  record.mounts.map(({ point }) => ({ destination: point.Destination, writable: point.RW }));

/** Writing to their sources would change what the container must not. */
const isMadeForRun = ({ image, overlay }: ContainerMount) => image !== undefined || overlay === true;

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
