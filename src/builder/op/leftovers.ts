import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineContext } from "../../engine/context.ts";
import { groupFile } from "./exec/process.ts";
import { removeWorkplace, workplacesOf } from "./workplace.ts";

/**
 * Ends the steps that an engine which was killed had begun: their processes, their mounts, their directories. Their network
 * went with the processes, and their snapshots go as those of all unfinished work. To be called before the first step.
 */
export async function removeLeftSteps(engine: EngineContext): Promise<void> {
  const root = workplacesOf(engine.config.execRoot);
  if (!existsSync(root)) return;
  for (const id of readdirSync(root)) {
    await engine.background.attempt(`end the build step ${id} of an engine before`, async () => {
      const directory = join(root, id);
      const file = join(directory, groupFile);
      if (existsSync(file)) {
        const group = readFileSync(file, "utf8");
        for (const runtime of engine.runtimes.values()) await runtime.remove(id, group);
      }
      await removeWorkplace(directory);
    });
  }
}
