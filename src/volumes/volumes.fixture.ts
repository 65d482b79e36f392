import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Metastore } from "../metastore/index.ts";
import { Volumes, type VolumesOptions } from "./volumes.ts";

/** Volumes in a directory of their own. */
export function scratchVolumes(options: Partial<VolumesOptions> = {}): Volumes {
  const root = mkdtempSync(join(tmpdir(), "slipway-volumes-"));
  const references = Metastore.open(join(root, "state.db")).table<never>("volumes");
  return Volumes.open({ root: join(root, "volumes"), references, ...options });
}
