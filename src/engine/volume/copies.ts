import { randomUUID } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createZstdCompress } from "node:zlib";
import { conflict, invalid } from "../../errors/index.ts";
import { copyTree, syncTree, VolumeSnapshots } from "../../volumes/index.ts";
import type { VolumeCopyVerbs } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { whilePaused } from "./paused.ts";

/** Rename, clone, snapshots, export and import of volumes. Sources are mounted meanwhile, so they cannot be removed. */
export function volumeCopyVerbs(engine: EngineContext): VolumeCopyVerbs {
  const { volumes, events, files } = engine;
  const snapshots = new VolumeSnapshots(volumes.local);
  const tell = (action: string, id: string, attributes: Record<string, string> = {}) =>
    events.publish({ type: "volume", action, id, attributes: { driver: "local", ...attributes } });
  const local = (name: string, what: string) => {
    if (volumes.isForeign(name))
      throw invalid(
        `cannot ${what} volume ${name}: its files are not the engine's own, but mounted or a plugin's`,
      );
  };

  /** The volume's files, mounted, for the time of `work`. */
  async function reading<T>(
    name: string,
    signal: AbortSignal,
    work: (path: string) => Promise<T>,
  ): Promise<T> {
    await volumes.describe(name, signal);
    const user = `copy-${randomUUID()}`;
    const path = await volumes.mount(name, user, signal);
    try {
      return await work(path);
    } finally {
      await volumes.unmount(name, user);
    }
  }

  return {
    async rename(name, to) {
      volumes.get(name);
      const users = engine.containers.usersOfVolume(name);
      if (users.length > 0)
        throw conflict(
          `rename ${name}: volume is in use by containers, remove them first - [${users.join(", ")}]`,
        );
      local(name, "rename");
      await volumes.rename(name, to);
      tell("rename", to, { oldName: name });
    },

    async clone(name, to, { pause }, signal) {
      return await reading(name, signal, async (path) => {
        const { labels } = volumes.get(name);
        const record = await volumes.createFrom({ name: to, labels }, (target) =>
          whilePaused(engine, name, pause, () => copyTree(path, target, signal)),
        );
        tell("clone", name, { target: to });
        return record.name;
      });
    },

    async snapshot(name, snapshot, { pause }, signal) {
      return await reading(name, signal, async (path) => {
        local(name, "snapshot");
        const { name: Name, createdAt: CreatedAt } = await whilePaused(engine, name, pause, () =>
          snapshots.create(name, path, snapshot, signal),
        );
        tell("snapshot", name, { snapshot: Name });
        return { Name, CreatedAt, Volume: name };
      });
    },

    async snapshots(name) {
      return snapshots
        .list(name)
        .map(({ name: Name, createdAt: CreatedAt }) => ({ Name, CreatedAt, Volume: name }));
    },

    async removeSnapshot(name, snapshot) {
      snapshots.remove(name, snapshot);
      tell("snapshot_remove", name, { snapshot });
    },

    async restore(name, snapshot, signal) {
      volumes.get(name);
      local(name, "restore");
      const source = snapshots.path(name, snapshot);
      await volumes.replace(name, (target) => copyTree(source, target, signal));
      tell("restore", name, { snapshot });
    },

    async export(name, { pause, zstd }, signal) {
      await volumes.describe(name, signal);
      return archive();
      async function* archive(): AsyncGenerator<Uint8Array> {
        const gate = Promise.withResolvers<void>();
        const ready = Promise.withResolvers<string>();
        const held = reading(name, signal, (path) =>
          whilePaused(engine, name, pause, async () => {
            ready.resolve(path);
            await gate.promise;
          }),
        );
        held.catch(ready.reject);
        try {
          const root = await ready.promise;
          const { tar } = await files.get({ root, mounts: [] }, "/.", signal);
          yield* zstd ? compressed(tar) : tar;
          tell("export", name);
        } finally {
          gate.resolve();
          await held;
        }
      }
    },

    async import(name, tar, { replace }, signal) {
      const fill = async (target: string) => {
        await files.put({ root: target, mounts: [] }, "/", tar, { noOverwriteDirNonDir: false }, signal);
        await syncTree(target, signal);
      };
      if (volumes.find(name) === undefined) await volumes.createFrom({ name, labels: {} }, fill);
      else {
        local(name, "import into");
        if (!replace && !volumes.local.isEmpty(name))
          throw conflict(
            `volume ${name} is not empty: import into another one, or replace what it holds (--replace)`,
          );
        await volumes.replace(name, fill);
      }
      tell("import", name);
    },
  };
}

/** What breaks the source breaks the result. */
function compressed(tar: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const output = createZstdCompress();
  pipeline(Readable.from(tar, { objectMode: false }), output, () => {});
  return output;
}
