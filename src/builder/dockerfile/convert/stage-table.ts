import { closest } from "../suggest.ts";
import type { StageState } from "./stage-state.ts";

/** The stages of a Dockerfile in their order, and after them the images and contexts that instructions name. */
export class StageTable {
  readonly states: StageState[] = [];
  readonly #byName = new Map<string, StageState>();

  /** A stage goes on from the stage that its base names, in any case, if one before it has that name. */
  add(state: StageState): void {
    this.states.push(state);
    if (state.stage !== undefined) state.base = this.named(state.baseName);
    if (state.name !== "") this.#byName.set(state.name, state);
  }

  /** By name, whatever its case. */
  named(name: string): StageState | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** ` (did you mean build?)` */
  suggestion(name: string, others: readonly string[] = []): string {
    const match = closest(name, [...this.names(), ...others]);
    return match === undefined ? "" : ` (did you mean ${match}?)`;
  }

  names(): string[] {
    return this.states.map(({ label }) => label).filter((label) => label !== "");
  }
}

/** A stage and all that it needs. */
export function reachableFrom(target: StageState): Set<StageState> {
  const reached = new Set([target]);
  for (const state of reached) {
    if (state.base !== undefined) reached.add(state.base);
    for (const needed of state.needs.keys()) reached.add(needed);
  }
  return reached;
}
