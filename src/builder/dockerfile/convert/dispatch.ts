import type { Digest } from "../../../oci/digest.ts";
import type { Trigger } from "../../target.ts";
import type { Command } from "../instructions/index.ts";
import { convertArg } from "./arg.ts";
import { type Conversion, placed } from "./conversion.ts";
import { convertExpose } from "./expose.ts";
import {
  convertCommand,
  convertEnv,
  convertHealthcheck,
  convertLabel,
  convertMaintainer,
  convertOnbuild,
  convertShell,
  convertStopsignal,
  convertUser,
  convertVolume,
} from "./metadata.ts";
import { convertRun } from "./run.ts";
import { startStage } from "./stage-start.ts";
import type { StageState } from "./stage-state.ts";
import { Step } from "./step.ts";
import { convertTransfer } from "./transfer.ts";
import { convertWorkdir } from "./workdir.ts";

type Converters = { [K in Command["kind"]]: (step: Step<Extract<Command, { kind: K }>>) => void };

const converters: Converters = {
  add: convertTransfer,
  arg: convertArg,
  cmd: convertCommand,
  copy: convertTransfer,
  entrypoint: convertCommand,
  env: convertEnv,
  expose: convertExpose,
  healthcheck: convertHealthcheck,
  label: convertLabel,
  maintainer: convertMaintainer,
  onbuild: convertOnbuild,
  run: convertRun,
  shell: convertShell,
  stopsignal: convertStopsignal,
  user: convertUser,
  volume: convertVolume,
  workdir: convertWorkdir,
};

/** Puts the instructions of a stage into the graph, one after the other. Its base must be there. */
export function dispatchStage(conversion: Conversion, state: StageState): void {
  if (state.dispatched) return;
  const image = startStage(conversion, state);
  state.dispatched = true;
  if (state.stage !== undefined) note(conversion, state, state.stage.from);
  for (const [at, planned] of state.commands.entries()) {
    const { command } = planned;
    try {
      const convert = converters[command.kind] as (step: Step) => void;
      convert(new Step(conversion, state, image, planned, command));
      const made = note(conversion, state, command);
      if (planned.onbuild) noteTrigger(conversion, state, at, { keyword: command.kind, vertices: made });
    } catch (error) {
      throw placed(error, conversion.source, command.node.range);
    }
  }
}

/** The first to make a vertex is its place: an instruction that did not change the tree has none. Answers the new ones. */
function note({ places }: Conversion, { tree }: StageState, { node }: Pick<Command, "node">): Digest[] {
  const made = [tree, ...(tree?.op.kind === "link" ? tree.inputs : [])]
    .flatMap((vertex) => (vertex === undefined ? [] : [vertex.digest]))
    .filter((digest) => !places.has(digest));
  for (const digest of made) places.set(digest, node.range);
  return made;
}

/** For several platforms it is one, with the steps of all. */
function noteTrigger({ triggers }: Conversion, { range }: StageState, at: number, trigger: Trigger): void {
  const known = triggers.get(range.start.line) ?? [];
  const before = known[at]?.vertices ?? [];
  known[at] = { ...trigger, vertices: [...before, ...trigger.vertices] };
  triggers.set(range.start.line, known);
}
