import { type Command, readInstruction } from "../instructions/index.ts";
import { DockerfileError, type Node, parseDockerfile, type Source } from "../parser/index.ts";
import type { Conversion } from "./conversion.ts";
import { isStep, plan, refuseCycles } from "./plan.ts";
import type { StageState } from "./stage-state.ts";

/**
 * Puts the ONBUILD triggers of a stage's base before its own instructions, once; an image's are in its config, a stage's among its
 * instructions. Gives whether they need other stages or images.
 */
export function takeTriggers(conversion: Conversion, state: StageState): boolean {
  const { stage } = state;
  if (state.triggersTaken || stage === undefined) return false;
  state.triggersTaken = true;
  const triggers = [...(state.image?.config.OnBuild ?? [])];
  if (state.image !== undefined) delete state.image.config.OnBuild;
  for (const { command } of state.base?.commands ?? [])
    if (command.kind === "onbuild") triggers.push(command.trigger);
  if (triggers.length === 0) return false;
  const commands = triggers.map((trigger) => readTrigger(trigger, stage.from.node, conversion.source));
  const planned = commands.map((command) => plan(conversion, state, command, true));
  state.commands = [...planned, ...state.commands];
  state.total += commands.filter(isStep).length;
  const needs = planned.some(({ sources }) => sources.some((source) => source !== undefined));
  if (needs) refuseCycles(conversion);
  return needs;
}

/** A trigger's place is the FROM that brings it in. */
function readTrigger(trigger: string, from: Node, source: Source): Command {
  try {
    const { nodes } = parseDockerfile({ filename: source.filename, text: trigger });
    const [node, ...others] = nodes;
    if (node === undefined || others.length > 0)
      throw new DockerfileError("onbuild trigger should be a single expression", source, from.range);
    const here = { ...node, range: from.range, comments: [], locate: () => from.range.start };
    const instruction = readInstruction(here, source);
    if (instruction.kind !== "from") return instruction;
    throw new DockerfileError("FROM isn't allowed as an ONBUILD trigger", source, from.range);
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    const message = `ONBUILD trigger ${JSON.stringify(trigger)} of the base image: ${error.message}`;
    throw new DockerfileError(message, source, from.range);
  }
}
