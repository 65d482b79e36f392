import { statfsSync } from "node:fs";
import type * as api from "../../api/index.ts";
import type { Backend, SystemVerbs } from "../backend.ts";
import { isRunning } from "../container/status.ts";
import type { EngineContext } from "../context.ts";
import { volumesUsage } from "../volume/usage.ts";
import { info } from "./info.ts";
import { type RuntimeVersion, version } from "./version.ts";

/** The verbs of /version, /info, /events and /system/df. */
export function systemVerbs(
  engine: EngineContext,
  backend: Pick<Backend, "containers" | "images" | "store" | "builds">,
): SystemVerbs {
  const runtimes = memoised(() => runtimeVersions(engine));
  return {
    version: async () => version(await runtimes()),

    info: async () =>
      info({
        engineId: engine.id,
        config: engine.config,
        host: engine.host,
        runtimes: await runtimes(),
        containers: counts(engine),
        images: (await backend.images.list({})).length,
        eventListeners: engine.events.listeners,
        backingFilesystem: filesystemName(engine.config.dataRoot),
        warnings: networkProblems(engine),
      }),

    events: (options, signal) => engine.events.subscribe(options, signal),

    diskUsage: (types) => diskUsage(engine, backend, types),
  };
}

/** Asked once: a runtime is not replaced under a running engine often enough to start a process for each answer. */
function memoised<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function runtimeVersions({ runtimes, config }: EngineContext): Promise<RuntimeVersion[]> {
  const runtime = runtimes.get(config.defaultRuntime);
  if (runtime === undefined) return [];
  const number = await runtime.version().catch(() => "unknown");
  return [{ name: runtime.name, version: number, commit: "" }];
}

function networkProblems({ networks }: EngineContext): string[] {
  return [...networks.problems].map(
    ([id, problem]) => `the network ${networks.get(id)?.name ?? id} could not be made: ${problem}`,
  );
}

function counts({ containers }: EngineContext): { running: number; paused: number; stopped: number } {
  const all = [...containers].map(({ record }) => record);
  const paused = all.filter(({ state }) => state.status === "paused").length;
  const running = all.filter(isRunning).length - paused;
  return { running, paused, stopped: all.length - running - paused };
}

/** Names by statfs(2)'s magic numbers, as Docker shows them. */
const filesystems: Readonly<Record<number, string>> = {
  61267: "extfs",
  1481003842: "xfs",
  2435016766: "btrfs",
  16914836: "tmpfs",
  2035054128: "overlayfs",
  801189825: "zfs",
};

function filesystemName(path: string): string {
  return filesystems[statfsSync(path).type] ?? "unknown";
}

async function diskUsage(
  engine: EngineContext,
  { containers, images, store, builds }: Pick<Backend, "containers" | "images" | "store" | "builds">,
  types: ("container" | "image" | "volume" | "build-cache")[] = [],
): Promise<api.DiskUsageResponse> {
  const wanted = (type: (typeof types)[number]) => types.length === 0 || types.includes(type);
  const users = (name: string) => engine.containers.usersOfVolume(name);
  const { volumes } = engine;
  const Images = wanted("image") ? await images.list({ all: true, sharedSize: true }) : null;
  const Containers = wanted("container") ? await containers.list({ all: true, size: true }) : null;
  const Volumes = wanted("volume") ? await volumesUsage({ volumes, users }) : null;
  // Layers that several images share count once.
  const LayersSize = Images === null ? undefined : total(await store.imageTree());
  return {
    ...(LayersSize === undefined ? {} : { LayersSize }),
    Images,
    Containers,
    Volumes,
    BuildCache: wanted("build-cache") ? await builds.usage({}) : null,
  };
}

const total = ({ Shared, Unique }: api.ImageTree): number => Shared + Unique;
