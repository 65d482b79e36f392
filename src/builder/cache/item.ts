import type { BuildRecord } from "../../engine/image/build-records.ts";
import type { ImageRooms } from "../../engine/image/rooms.ts";
import { type Digest, hexOf } from "../../oci/digest.ts";
import { diskUsage } from "../../volumes/usage.ts";

/** A directory of `RUN --mount=type=cache`. */
export interface CacheDirectory {
  readonly name: string;
  /** As the Dockerfile has it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly lastUsed: number;
  readonly inUse: boolean;
  readonly path: string;
}

export interface CacheDirectories {
  list(): Promise<CacheDirectory[]>;
  /** `conflict` while a step uses it. */
  remove(name: string): Promise<void>;
}

/** Something that builds keep, as `docker builder du` lists it and `prune` deletes it. */
export interface CacheItem {
  readonly id: string;
  /** Those of items on whose layers its own lie. */
  readonly parents: readonly string[];
  readonly type: string;
  readonly description: string;
  /** A build has it at the moment. */
  readonly inUse: boolean;
  /** An image has it, too: deleting it gives nothing back. */
  readonly shared: boolean;
  /** Bytes of what is its own. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly usageCount: number;
  /** Layers that it keeps, those below included, but for what images have; none for a directory. */
  readonly layers: readonly { chainID: Digest; size: number }[];
  readonly record?: BuildRecord;
  readonly directory?: CacheDirectory;
}

/** All that there is, in the order of its last use. */
export async function itemsOf(
  rooms: ImageRooms,
  directories: CacheDirectories | undefined,
): Promise<CacheItem[]> {
  const mounts = await Promise.all(((await directories?.list()) ?? []).map(directoryItem));
  const inImages = new Set(rooms.images.all().flatMap(({ chain }) => chain));
  const steps = rooms.buildRecords.all().map((record) => stepItem(rooms, record, inImages));
  return [...steps, ...mounts].sort((a, b) => a.lastUsedAt - b.lastUsedAt || a.createdAt - b.createdAt);
}

function stepItem({ leases }: ImageRooms, record: BuildRecord, inImages: ReadonlySet<Digest>): CacheItem {
  const own = record.layers.slice(record.layers.length - record.own);
  const { type, description, createdAt, lastUsedAt, usageCount, layers } = record;
  return {
    ...{ id: idOf(record.key), parents: record.parents.map(idOf), type, description },
    ...{ createdAt, lastUsedAt, usageCount, record },
    layers: layers.filter(({ chainID }) => !inImages.has(chainID)),
    inUse: own.some(({ chainID }) => leases.isLeased(chainID)),
    shared: own.length > 0 && own.every(({ chainID }) => inImages.has(chainID)),
    size: own.reduce((sum, { size }) => sum + size, 0),
  };
}

async function directoryItem(directory: CacheDirectory): Promise<CacheItem> {
  const { name, id, created, lastUsed, inUse, path } = directory;
  return {
    id: name.slice(0, idLength),
    parents: [],
    type: "exec.cachemount",
    description: `cached mount ${id}`,
    ...{ inUse, shared: false, size: await diskUsage(path), layers: [], directory },
    ...{ createdAt: created, lastUsedAt: lastUsed, usageCount: 1 },
  };
}

/** As long as BuildKit's. */
const idLength = 25;

export const idOf = (key: Digest): string => hexOf(key).slice(0, idLength);
