import type * as api from "../../api/index.ts";
import { diskUsage, type VolumeRecord, VolumeSnapshots, type Volumes } from "../../volumes/index.ts";
import { toWire } from "./wire.ts";

interface UsageDependencies {
  volumes: Volumes;
  /** Ids of the containers, running or not, that mount a volume. */
  users: (name: string) => string[];
}

/** How many trees are walked at once. */
const walks = 4;

/** The volumes that the engine knows of with what they take, as `system df` lists them. One removed meanwhile is left out. */
export async function volumesUsage(dependencies: UsageDependencies): Promise<api.Volume[]> {
  const records = dependencies.volumes.list();
  const found: (api.Volume | undefined)[] = records.map(() => undefined);
  const left = records.entries();
  const walk = async () => {
    // One iterator for all: each takes the next.
    for (const [index, record] of left) found[index] = await volumeUsage(record, dependencies);
  };
  await Promise.all(Array.from({ length: walks }, walk));
  return found.filter((volume) => volume !== undefined);
}

async function volumeUsage(
  record: VolumeRecord,
  { volumes, users }: UsageDependencies,
): Promise<api.Volume | undefined> {
  const { name } = record;
  if (volumes.find(name) === undefined) return undefined;
  // Whose files are elsewhere takes no space of this host, and may not answer.
  const foreign = volumes.isForeign(name);
  const Size = foreign ? -1 : await diskUsage(volumes.path(name));
  const snapshots =
    volumes.find(name) === undefined || foreign ? undefined : await snapshotsOf(volumes, name);
  if (volumes.find(name) === undefined) return undefined;
  const LastUsed = volumes.lastUsed(name);
  const UsageData = {
    Size,
    RefCount: users(name).length,
    ...(snapshots === undefined ? {} : { Snapshots: snapshots }),
    ...(LastUsed === undefined ? {} : { LastUsed }),
  };
  return { ...toWire(record, volumes), UsageData };
}

/** What goes with a local volume when it is removed: its files and its snapshots' files. */
export async function ownBytes(volumes: Volumes, name: string): Promise<number> {
  return (await diskUsage(volumes.path(name))) + (await snapshotsOf(volumes, name)).Size;
}

async function snapshotsOf({ local }: Volumes, name: string): Promise<{ Count: number; Size: number }> {
  const { count, size } = await new VolumeSnapshots(local).usage(name);
  return { Count: count, Size: size };
}
