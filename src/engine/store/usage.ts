import { statfs } from "node:fs/promises";
import { basename } from "node:path";
import type * as api from "../../api/index.ts";
import type { EngineContext } from "../context.ts";
import type { ImageRooms } from "../image/rooms.ts";
import { measureStore } from "./measure.ts";

type Part = Exclude<keyof api.StoreUsage, "Root" | "Total" | "FreeSpace" | "FileSystemSize">;

/** How much of the disk the data root takes, and for what. Layers are measured once: they never change. */
export class StoreMeter {
  /** Allocated bytes of committed snapshots by their directory's name. */
  #layers = new Map<string, number>();

  constructor(
    private readonly engine: Pick<EngineContext, "config">,
    private readonly rooms: Pick<ImageRooms, "snapshots">,
  ) {}

  async measure(signal: AbortSignal): Promise<api.StoreUsage> {
    const { dataRoot } = this.engine.config;
    const committed = this.#committed();
    const known = new Map([...this.#layers].filter(([name]) => committed.has(name)));
    const measured = await measureStore(
      { root: dataRoot, apart: ["content", "snapshots"], skip: [...known.keys()] },
      signal,
    );
    const parts: Record<Part, number> = {
      ...{ Blobs: 0, PartialDownloads: 0, Layers: 0, Containers: 0, Volumes: 0, Metadata: 0 },
    };
    for (const [name, bytes] of Object.entries(measured)) {
      const isLayer = committed.has(name);
      if (committed.get(name)?.image === false && !known.has(name)) known.set(name, bytes);
      else parts[isLayer ? "Layers" : partOf(name)] += bytes;
    }
    this.#layers = known;
    parts.Layers += [...known.values()].reduce((sum, bytes) => sum + bytes, 0);
    const { bavail, blocks, bsize } = await statfs(dataRoot);
    return {
      Root: dataRoot,
      ...parts,
      Total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0),
      FreeSpace: bavail * bsize,
      FileSystemSize: blocks * bsize,
    };
  }

  /** Layers by their place, and whether they are images: these are few files, which may be blobs by a further name. */
  #committed(): Map<string, { image: boolean }> {
    const { snapshots } = this.rooms;
    const layers = [...snapshots.walk()].filter(({ kind }) => kind === "committed");
    return new Map(
      layers.map(({ key, image = false }) => [`snapshots/${basename(snapshots.place(key))}`, { image }]),
    );
  }
}

function partOf(name: string): Part {
  if (name === "content/blobs") return "Blobs";
  if (name.startsWith("content/")) return "PartialDownloads";
  if (name === "containers" || name.startsWith("snapshots/")) return "Containers";
  return name === "volumes" ? "Volumes" : "Metadata";
}
