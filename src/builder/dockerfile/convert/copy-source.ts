import { cleanPath } from "../../../archive/index.ts";
import type { Edge, FileAction } from "../../graph/index.ts";
import type { Add, Copy } from "../instructions/index.ts";
import { quote } from "../quote.ts";
import { joinPath } from "./path.ts";
import type { Step } from "./step.ts";
import type { Target } from "./transfer-target.ts";

/** Copies of files of the context or a stage. A source must be there; wildcards may match nothing. */
export function localActions(
  step: Step<Copy | Add>,
  sources: readonly string[],
  target: Target,
  inputs: Edge[],
): FileAction[] {
  if (sources.length === 0) return [];
  const { command } = step;
  const tree = treeOf(step);
  for (const source of sources) lintIgnored(step, source);
  const input = inputs.push(tree) - 1;
  const parents = command.kind === "copy" && command.parents;
  const unpack = command.kind === "add" && command.unpack !== false;
  const paths = sources.map((source) => (parents ? pivoted(source) : joinPath("/", source)));
  return runs(paths).map((group) => ({
    action: "copy",
    ...target,
    input,
    sources: group,
    parents,
    unpack,
    required: !hasWildcard(group[0]!),
  }));
}

/** Neighbours that all have wildcards, or have none: the order is the author's. */
function runs(paths: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const path of paths) {
    const group = groups.at(-1);
    if (group !== undefined && hasWildcard(group[0]!) === hasWildcard(path)) group.push(path);
    else groups.push([path]);
  }
  return groups;
}

export const hasWildcard = (path: string): boolean => /[*?[]/.test(path.replace(/\\./gs, ""));

/** Keeps the `/./` after which the path is made at the destination. */
function pivoted(source: string): string {
  const at = source.indexOf("/./");
  if (at < 0) return joinPath("/", source);
  const above = joinPath("/", source.slice(0, at));
  return `${above === "/" ? "" : above}/.${joinPath("/", source.slice(at + 3))}`;
}

function treeOf({ command, state, planned, conversion, fail }: Step<Copy | Add>): Edge {
  const [source] = planned.sources;
  if (source === undefined) return conversion.context;
  if (source.dispatched) return source.tree;
  const from = command.kind === "copy" ? command.from : "";
  return fail(
    `cannot copy from stage ${quote(from)}, it needs to be defined before current stage ${quote(state.label)}`,
  );
}

/** Exceptions make it hard to tell what is there: with them nothing is said. */
function lintIgnored(step: Step<Copy | Add>, source: string): void {
  const { ignore } = step.conversion;
  if (ignore === undefined || step.planned.sources.length > 0) return;
  if (ignore.rules.some(({ exception }) => exception)) return;
  const path = cleanPath(source);
  const all = ignore.rules.some(({ pattern }) => ["*", "**", "**/*"].includes(pattern));
  const root = path === "." || path === "/";
  if (root ? !all : !ignore.excludes(path.replace(/^\//, ""))) return;
  const verb = step.command.kind === "copy" ? "Copy" : "Add";
  step.report(
    "CopyIgnoredFile",
    `Attempting to ${verb} file ${quote(path)} that is excluded by .dockerignore`,
  );
}
