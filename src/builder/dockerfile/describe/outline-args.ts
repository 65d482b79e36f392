import type { Conversion } from "../convert/conversion.ts";
import { own } from "../convert/globals.ts";
import type { StageState } from "../convert/stage-state.ts";
import { reachableFrom } from "../convert/stage-table.ts";
import type { Range } from "../parser/index.ts";
import { descriptionOf } from "./written.ts";

export interface OutlinedArg {
  readonly name: string;
  readonly value: string | undefined;
  readonly description: string | undefined;
  readonly range: Range;
}

/**
 * The arguments that count for a target: those that its stages declare, and those before the first FROM that its stages, or
 * such arguments, refer to. A stage that only takes over such an argument leaves it its place and its description.
 */
export function outlineArgs(conversion: Conversion, target: StageState): OutlinedArg[] {
  const globals = globalArgs(conversion);
  const found = new Map<string, OutlinedArg>();
  const used = new Set<string>();
  for (const state of reachableFrom(target)) {
    const { args, inherited } = declaredBy(conversion, state);
    for (const arg of args) if (!found.has(arg.name)) found.set(arg.name, arg);
    for (const name of inherited) used.add(name);
    const { from } = state.stage ?? {};
    for (const word of from === undefined ? [] : [from.base, from.platform])
      for (const name of conversion.lexer.expand(word, conversion.globals).matched) used.add(name);
  }
  // What an argument's default refers to counts, too.
  for (const name of used) {
    const known = globals.get(name);
    for (const other of known?.needs ?? []) used.add(other);
    if (known !== undefined && !found.has(name)) found.set(name, known.arg);
  }
  return [...found.values()].sort((a, b) => a.range.start.line - b.range.start.line);
}

function declaredBy({ options, globals }: Conversion, { commands, declared, base }: StageState) {
  const values = declared.slice(base?.declared.length ?? 0);
  const args: OutlinedArg[] = [];
  const inherited: string[] = [];
  const definitions = commands.flatMap(({ command }) =>
    command.kind === "arg"
      ? command.definitions.map((definition) => ({ definition, node: command.node }))
      : [],
  );
  for (const [at, { definition, node }] of definitions.entries()) {
    const { key: name, value } = definition;
    const isInherited =
      value === undefined && own(options.buildArgs, name) === undefined && globals.get(name) !== undefined;
    if (isInherited) inherited.push(name);
    else
      args.push({
        name,
        value: values[at]?.value,
        description: descriptionOf(node, name),
        range: node.range,
      });
  }
  return { args, inherited };
}

/** What stands before the first FROM, each with the names that its default refers to. */
function globalArgs({ args, globals, lexer }: Conversion) {
  const known = new Map<string, { arg: OutlinedArg; needs: ReadonlySet<string> }>();
  for (const { definitions, node } of args)
    for (const { key: name, value } of definitions) {
      const needs = value === undefined ? new Set<string>() : lexer.expand(value, globals).matched;
      const arg = {
        name,
        value: globals.get(name),
        description: descriptionOf(node, name),
        range: node.range,
      };
      known.set(name, { arg, needs });
    }
  return known;
}
