import { join } from "node:path";
import { Metastore } from "../metastore/index.ts";
import { scratchDirectory } from "../os/testing.ts";
import { Volumes, type VolumesOptions } from "./volumes.ts";

/** Volumes in a directory of their own. */
export function scratchVolumes(options: Partial<VolumesOptions> = {}): Volumes {
  const root = scratchDirectory("volumes");
  const references = Metastore.open(join(root, "state.db")).table<never>("volumes");
  return Volumes.open({ root: join(root, "volumes"), references, ...options });
}
