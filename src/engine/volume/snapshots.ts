import type { VolumeSnapshot } from "../../api/index.ts";
import { copyTree, type VolumeSnapshots } from "../../volumes/index.ts";
import type { VolumeCopyVerbs } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { whilePaused } from "./paused.ts";
import { reading, requireOwn, saying, tell } from "./reading.ts";
import { refuseRunning } from "./running.ts";

/** The verbs about states of a volume that are kept. */
export function snapshotVerbs(
  engine: EngineContext,
  snapshots: VolumeSnapshots,
): Pick<VolumeCopyVerbs, "snapshot" | "snapshots" | "removeSnapshot" | "restore"> {
  const { volumes } = engine;
  return {
    async snapshot(name, snapshot, { pause }, signal) {
      return await reading(volumes, name, signal, async (path) => {
        requireOwn(volumes, name, "snapshot");
        const made = await whilePaused(engine, name, pause, () =>
          saying(`snapshot ${name}`, () => snapshots.create(name, path, snapshot, signal)),
        );
        tell(engine, "snapshot", name, { snapshot: made.name });
        return toWire(name, made);
      });
    },

    async snapshots(name) {
      return snapshots.list(name).map((snapshot) => toWire(name, snapshot));
    },

    async removeSnapshot(name, snapshot) {
      snapshots.remove(name, snapshot);
      tell(engine, "snapshot_remove", name, { snapshot });
    },

    async restore(name, snapshot, signal) {
      volumes.get(name);
      requireOwn(volumes, name, "restore");
      refuseRunning(engine, name);
      const source = snapshots.path(name, snapshot);
      await saying(`restore ${name}`, () =>
        volumes.replace(name, (target) => copyTree(source, target, signal)),
      );
      tell(engine, "restore", name, { snapshot });
    },
  };
}

const toWire = (
  Volume: string,
  { name, createdAt }: { name: string; createdAt: string },
): VolumeSnapshot => ({
  Name: name,
  CreatedAt: createdAt,
  Volume,
});
