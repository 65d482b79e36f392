import { invalid } from "../../../errors/index.ts";
import { parsePlatform } from "../../../oci/platform.ts";
import { ExpansionError, noVariables } from "../expand/index.ts";
import { type Command, type Copy, mountFrom, type Run, type Stage } from "../instructions/index.ts";
import { DockerfileError, type Range } from "../parser/index.ts";
import { closest } from "../suggest.ts";
import { type Conversion, placed } from "./conversion.ts";
import { lintFromPlatform, lintUndefinedArgs } from "./from-lint.ts";
import { contextNamed } from "./named-context.ts";
import { type PlannedCommand, StageState } from "./stage-state.ts";

/** Steps that people are told of. */
const steps: ReadonlySet<Command["kind"]> = new Set(["add", "copy", "run", "workdir"]);

export const isStep = ({ kind }: Command): boolean => steps.has(kind);

/** Puts the stages into the table and finds out what each takes from which others. Throws for cycles and unknown names. */
export function planStages(conversion: Conversion, stages: readonly Stage[]): void {
  for (const stage of stages) addStage(conversion, stage);
  for (const state of [...conversion.stages.states])
    state.commands = (state.stage?.commands ?? []).map((command) => plan(conversion, state, command, false));
  refuseCycles(conversion);
  const [only, ...others] = conversion.stages.states;
  const mounts = only?.commands.some(({ sources }) => sources.length > 0);
  if (only !== undefined && others.length === 0 && mounts !== true) only.label = "";
}

function addStage(conversion: Conversion, stage: Stage): void {
  const { lexer, globals, source, options, stages } = conversion;
  const { from, index } = stage;
  try {
    const expansion = lexer.expand(from.base, globals);
    lintUndefinedArgs(conversion, from, expansion);
    if (expansion.text === "") throw new ExpansionError(`base name (${from.base}) should not be blank`);
    const state = new StageState(stage, expansion.text, from.node.range);
    if (from.platform !== "") state.platform = stagePlatform(conversion, stage);
    if (from.name === "") state.label = `stage-${index}`;
    stages.add(state);
    if (from.name !== "" && contextNamed(conversion, from.name) !== undefined) state.base = undefined;
    state.total =
      (state.base === undefined && expansion.text !== "scratch" ? 1 : 0) +
      stage.commands.filter(isStep).length;
    state.ignoreCache = options.noCache || options.noCacheFilter.some((name) => isNamed(stage, name));
  } catch (error) {
    throw placed(error, source, from.node.range);
  }
}

function stagePlatform(conversion: Conversion, { from }: Stage) {
  const expansion = conversion.lexer.expand(from.platform, conversion.globals);
  lintUndefinedArgs(conversion, from, expansion);
  lintFromPlatform(conversion, from, expansion);
  const unset = [...expansion.unmatched].map((name) => closest(name, conversion.globals.names()));
  const known = unset.find((name) => name !== undefined);
  const meant = known === undefined ? "" : ` (did you mean ${known}?)`;
  if (expansion.text === "") throw invalid(`empty platform value from expression ${from.platform}${meant}`);
  try {
    return parsePlatform(expansion.text);
  } catch (error) {
    throw placed(
      error,
      conversion.source,
      from.node.range,
      `failed to parse platform ${from.platform}: `,
      meant,
    );
  }
}

/** Stages are named by their names, or by their numbers. */
export function isNamed({ from, index }: Stage, name: string): boolean {
  return from.name === name.toLowerCase() || String(index) === name;
}

/** Finds what an instruction takes from elsewhere, and remembers it as a need of its stage. */
export function plan(
  conversion: Conversion,
  state: StageState,
  command: Command,
  onbuild: boolean,
): PlannedCommand {
  let sources: PlannedCommand["sources"] = [];
  if (command.kind === "copy" && command.from !== "") sources = [copySource(conversion, command)];
  if (command.kind === "run") sources = mountSources(conversion, command);
  for (const source of sources) if (source !== undefined) state.needs.set(source, command);
  return { command, sources, onbuild };
}

function copySource(conversion: Conversion, command: Copy): StageState {
  const { source, lexer, stages } = conversion;
  const { from, node } = command;
  if (lexer.expand(from, noVariables).text !== from) {
    const what = "variable expansion is not supported for --from";
    const how = "define a new stage with FROM using ARG from global scope as a workaround";
    throw new DockerfileError(`${what}, ${how}`, source, node.range);
  }
  if (!/^[+-]?\d+$/.test(from)) return stages.named(from) ?? external(conversion, from, command);
  const state = stages.states.filter(({ stage }) => stage !== undefined)[Number(from)];
  if (state === undefined) throw new DockerfileError(`invalid stage index ${from}`, source, node.range);
  return state;
}

function mountSources(conversion: Conversion, command: Run): (StageState | undefined)[] {
  return command.mounts.map((mount) => {
    const from = mountFrom(mount);
    if (from === "") return undefined;
    return conversion.stages.named(from) ?? external(conversion, from, command);
  });
}

/** An image, or a context, that an instruction names. */
function external({ stages }: Conversion, name: string, { node }: Command): StageState {
  const known = stages.states.find((state) => state.stage === undefined && state.baseName === name);
  if (known !== undefined) return known;
  const state = new StageState(undefined, name, node.range);
  stages.add(state);
  return state;
}

/** Throws when a stage needs itself. */
export function refuseCycles({ stages, source }: Conversion): void {
  const done = new Set<StageState>();
  /** Stages on the way, with the place where the way leaves them. */
  const open = new Map<StageState, Range>();
  const follow = (state: StageState, needed: StageState, place: Range): void => {
    open.set(state, place);
    const start = open.get(needed);
    if (start === undefined) visit(needed);
    else {
      const name = needed.name === "" ? needed.label : needed.name;
      throw new DockerfileError(`circular dependency detected on stage: ${name}`, source, start);
    }
  };
  const visit = (state: StageState): void => {
    if (done.has(state)) return;
    if (state.base !== undefined) follow(state, state.base, state.range);
    for (const [needed, { node }] of state.needs) follow(state, needed, node.range);
    open.delete(state);
    done.add(state);
  };
  for (const state of stages.states) visit(state);
}
