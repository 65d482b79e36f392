import { VolumeSnapshots } from "../../volumes/index.ts";
import type { VolumeCopyVerbs } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { cloneVolume } from "./clone.ts";
import { exportVolume } from "./export.ts";
import { importVolume } from "./import.ts";
import { renameVolume } from "./rename.ts";
import { snapshotVerbs } from "./snapshots.ts";

/** What can be done with whole volumes, beyond what Docker's API has. */
export function volumeCopyVerbs(engine: EngineContext): VolumeCopyVerbs {
  return {
    rename: (name, to) => renameVolume(engine, name, to),
    clone: (name, to, options, signal) => cloneVolume(engine, name, to, options, signal),
    ...snapshotVerbs(engine, new VolumeSnapshots(engine.volumes.local)),
    export: (name, options, signal) => exportVolume(engine, name, options, signal),
    import: (name, tar, options, signal) => importVolume(engine, name, tar, options, signal),
  };
}
