import { mkdir, stat } from "node:fs/promises";
import { errnoOf } from "../../../errors/index.ts";
import type { ContainerRecord } from "../../container/record.ts";
import { isRunning } from "../../container/status.ts";
import type { Finding, Inspection } from "./inspection.ts";

/** Every container has its directory, its writable layer and its volumes, and every volume its files. */
export async function checkContainers(inspection: Inspection): Promise<void> {
  const { engine, checked, signal } = inspection;
  for (const container of engine.containers) {
    signal.throwIfAborted();
    checked.Containers++;
    // One that is being removed has no claim to anything.
    if (container.record.removing) continue;
    await checkDirectory(inspection, container.record);
    await checkWritableLayer(inspection, container.record);
    await checkMounts(inspection, container.record);
  }
  for (const { name } of engine.volumes.local.list()) {
    checked.Volumes++;
    const path = engine.volumes.path(name);
    // Whose files are elsewhere is mounted here, or not; its server may not answer.
    if (engine.volumes.isForeign(name) || (await exists(path))) continue;
    const Containers = engine.volumes.find(name) === undefined ? [] : usersOf(inspection, name);
    const finding = { Subject: "volume", Id: name, Problem: "its files are gone", Containers } as const;
    await inspection.found(finding, "makes its directory anew, empty", async () => {
      await mkdir(path, { mode: 0o755 });
      return { done: true, words: "its directory was made anew, empty" };
    });
  }
}

async function checkDirectory(inspection: Inspection, record: ContainerRecord): Promise<void> {
  const { directory } = inspection.engine.paths.container(record.id);
  if (await exists(directory)) return;
  const finding = {
    Subject: "container",
    Id: record.id,
    Problem: "its directory with its log is gone",
  } as const;
  await inspection.found({ ...finding, Containers: [record.name] }, "makes it anew, empty", async () => {
    await mkdir(directory, { recursive: true, mode: 0o710 });
    return { done: true, words: "made anew, empty" };
  });
}

async function checkWritableLayer(inspection: Inspection, record: ContainerRecord): Promise<void> {
  const { rooms, engine } = inspection;
  const { snapshots } = rooms;
  const problem = await snapshots.complaint(record.id);
  // What lies below is the layers' own problem.
  if (problem === undefined || (snapshots.has(record.id) && !isOwn(inspection, record))) return;
  if (engine.containers.get(record.id) === undefined) return;
  const Problem = `its writable layer ${problem}: what it had written is lost`;
  const finding = {
    Subject: "container",
    Id: record.id,
    Problem,
    Containers: [record.name],
  } satisfies Finding;
  await inspection.found(finding, "makes it anew, empty", async () => {
    if (isRunning(record)) return { done: false, words: `stop ${record.name} and repair again` };
    if (snapshots.has(record.id)) await snapshots.remove(record.id);
    await engine.rootfs.prepare(record.id, record.image.chainId);
    return { done: true, words: "made anew, empty" };
  });
}

const isOwn = ({ rooms }: Inspection, { id }: ContainerRecord): boolean => {
  const { parent } = rooms.snapshots.stat(id);
  return parent === undefined || rooms.snapshots.has(parent);
};

async function checkMounts(inspection: Inspection, { id, name, mounts }: ContainerRecord): Promise<void> {
  const { volumes } = inspection.engine;
  for (const { point } of mounts) {
    if (point.Type !== "volume" || point.Name === undefined || volumes.find(point.Name) !== undefined)
      continue;
    await inspection.found(
      { Subject: "container", Id: id, Problem: `its volume ${point.Name} is gone`, Containers: [name] },
      `make the volume with 'volume create ${point.Name}', or remove the container`,
    );
  }
}

function usersOf({ engine }: Inspection, volume: string): string[] {
  return engine.containers.usersOfVolume(volume).map((id) => engine.containers.get(id)?.record.name ?? id);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}
