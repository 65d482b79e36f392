import { isScratch, loadBase } from "./base.ts";
import type { Conversion } from "./conversion.ts";
import { emptyImage, type StageState } from "./stage-state.ts";
import { reachableFrom } from "./stage-table.ts";
import { takeTriggers } from "./triggers.ts";

/**
 * Looks up the images of all stages that the target needs, at the same time, and takes their ONBUILD triggers, which may
 * need more stages. Gives the states that are needed.
 */
export async function resolveStages(conversion: Conversion, target: StageState): Promise<Set<StageState>> {
  for (;;) {
    const reached = reachableFrom(target);
    const open = [...reached].filter((state) => !state.resolved && state.base === undefined);
    await Promise.all(open.map((state) => resolve(conversion, state)));
    const found = conversion.stages.states.filter((state) => reached.has(state));
    const more = found.map((state) => takeTriggers(conversion, state)).includes(true);
    if (!more) return reached;
  }
}

async function resolve(conversion: Conversion, state: StageState): Promise<void> {
  state.resolved = true;
  if (isScratch(conversion, state)) {
    state.platform = conversion.platforms.target;
    state.image = emptyImage(state.platform);
  } else await loadBase(conversion, state);
  // What is no stage is done with that.
  if (state.stage === undefined) state.dispatched = true;
}
