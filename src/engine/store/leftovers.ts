import { readdir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { errnoOf } from "../../errors/index.ts";
import { isDigest } from "../../oci/digest.ts";
import { ownerOf } from "../container/rootfs.ts";
import type { EngineContext } from "../context.ts";
import { bootstrapPrefix } from "../image/bootstrap/scratch.ts";
import { buildingPrefix, collect } from "../image/garbage.ts";
import { type ImageRooms, isNeeded } from "../image/rooms.ts";

/** Something on the disk that nothing needs: what interrupted work left. */
export interface Leftover {
  /** Below the data root. */
  readonly path: string;
  readonly what: string;
  delete(): Promise<void>;
}

/** So new that whoever makes it may not have said so yet, in milliseconds. */
const grace = 60_000;

/**
 * Blobs, layers, directories and files that no image, no container and no work under way needs. Whatever came since
 * the oldest work under way began may be that work's, and downloads that a next pull goes on with are not left over.
 */
export async function* findLeftovers(engine: EngineContext, rooms: ImageRooms): AsyncGenerator<Leftover> {
  const { dataRoot } = engine.config;
  const { oldest } = rooms.leases;
  const before = oldest ?? Number.POSITIVE_INFINITY;
  const shown = (path: string) => relative(dataRoot, path);
  yield* unusedBlobs(rooms, before, shown);
  yield* unusedSnapshots(engine, rooms, before, shown);
  const files: [directory: string, what: string, isNeeded: (name: string) => boolean][] = [
    [join(engine.paths.content, "ingest"), "an unfinished blob", (name) => name.startsWith("partial-")],
    [engine.paths.containers, "a container's directory", (id) => engine.containers.get(id) !== undefined],
    [dataRoot, "an unfinished base image", (name) => !name.startsWith(bootstrapPrefix)],
    [dataRoot, "a trial of EROFS images", (name) => !name.startsWith("probe-")],
  ];
  for (const path of await rooms.snapshots.strays())
    yield tree(path, "a directory without a snapshot", shown);
  for (const [directory, what, isNeeded] of files) {
    for (const name of await namesIn(directory)) {
      const path = join(directory, name);
      if (!isNeeded(name) && (await isOlder(path, Math.min(before, Date.now() - grace))))
        yield tree(path, what, shown);
    }
  }
}

async function* unusedBlobs(
  rooms: ImageRooms,
  before: number,
  shown: (path: string) => string,
): AsyncGenerator<Leftover> {
  const { content } = rooms;
  for await (const { digest, created } of content.walk()) {
    if (created >= before || isNeeded(rooms, digest)) continue;
    const remove = async () => void (await collect(rooms, { blobs: [digest], chains: [] }));
    yield { path: shown(content.path(digest)), what: "a blob of no image", delete: remove };
  }
}

async function* unusedSnapshots(
  engine: EngineContext,
  rooms: ImageRooms,
  before: number,
  shown: (path: string) => string,
): AsyncGenerator<Leftover> {
  const { images, leases, snapshots } = rooms;
  const used = new Set<string>(images.all().flatMap(({ chain }) => chain));
  for (const { record } of engine.containers)
    for (const image of [record.image, ...record.mounts.map((mount) => mount.image)])
      if (image?.chainId) used.add(image.chainId);
  const all = [...snapshots.walk()];
  const parents = new Map(all.map(({ key, parent }) => [key, parent]));
  for (const key of [...used]) {
    for (let at = parents.get(key); at !== undefined && !used.has(at); at = parents.get(at)) used.add(at);
  }
  // What lies on others goes first.
  for (const { key, created } of all.reverse()) {
    const path = snapshots.has(key) ? shown(snapshots.place(key)) : undefined;
    if (path === undefined || used.has(key) || created >= before) continue;
    // A step may outlive the build that has begun it; it takes away itself what it writes to.
    if (key.startsWith(buildingPrefix) && created >= leases.began) continue;
    if (isDigest(key)) {
      if (leases.holdsLayer(key)) continue;
      const remove = async () => void (await collect(rooms, { blobs: [], chains: [key] }));
      yield { path, what: "a layer of no image", delete: remove };
    } else if (engine.containers.get(ownerOf(key) ?? key) === undefined && created < Date.now() - grace) {
      yield { path, what: "a writable layer of no container", delete: () => snapshots.remove(key) };
    }
  }
}

function tree(path: string, what: string, shown: (path: string) => string): Leftover {
  return { path: shown(path), what, delete: () => rm(path, { recursive: true, force: true }) };
}

async function isOlder(path: string, than: number): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < than;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
