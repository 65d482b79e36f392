import type { Dockerfile } from "../instructions/index.ts";
import type { Node } from "../parser/index.ts";
import { rules } from "./buildkit-rules.ts";
import type { Linter } from "./linter.ts";

const isLower = (text: string): boolean => text === text.toLowerCase();
const isUpper = (text: string): boolean => text === text.toUpperCase();

/** Instructions are all written in capitals, or all in small letters; `AS` goes with its `FROM`; stages have small letters. */
export function lintCasing(linter: Linter, { stages }: Dockerfile): void {
  const nodes = stages.flatMap(({ from, commands }) => [from.node, ...commands.map(({ node }) => node)]);
  const lower = nodes.filter(({ keyword }) => isLower(keyword)).length;
  const upper = nodes.filter(({ keyword }) => isUpper(keyword)).length;
  const wanted = lower > upper ? "lowercase" : "uppercase";
  for (const node of nodes) {
    const { keyword } = node;
    if (wanted === "lowercase" ? isLower(keyword) : isUpper(keyword)) continue;
    const message = `Command '${keyword}' should match the case of the command majority (${wanted})`;
    linter.report(rules.ConsistentInstructionCasing, node, message);
  }
  for (const { from } of stages) lintFrom(linter, from.node);
}

function lintFrom(linter: Linter, node: Node): void {
  const [, as, name] = node.args.map(({ text }) => text);
  if (as === undefined || name === undefined) return;
  if (!isLower(name)) linter.report(rules.StageNameCasing, node, `Stage name '${name}' should be lowercase`);
  const { keyword } = node;
  const differs = (isLower(keyword) && !isLower(as)) || (isUpper(keyword) && !isUpper(as));
  if (differs)
    linter.report(rules.FromAsCasing, node, `'${as}' and '${keyword}' keywords' casing do not match`);
}
