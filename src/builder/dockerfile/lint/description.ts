import type { Dockerfile } from "../instructions/index.ts";
import type { Node } from "../parser/index.ts";
import { rules } from "./buildkit-rules.ts";
import type { Linter } from "./linter.ts";

/** The comment right before an argument or a stage begins with its name: tools show it as its description. */
export function lintDescriptions(linter: Linter, { stages, globals }: Dockerfile): void {
  for (const { from } of stages) if (from.name !== "") lint(linter, "FROM", [from.name], from.node);
  const commands = [...globals, ...stages.flatMap((stage) => stage.commands)];
  for (const command of commands) {
    if (command.kind !== "arg") continue;
    const names = command.definitions.map(({ key }) => key);
    lint(linter, "ARG", names, command.node);
  }
}

function lint(linter: Linter, instruction: string, names: readonly string[], node: Node): void {
  const comment = node.comments.at(-1);
  if (comment === undefined || names.includes(comment.split(" ")[0]!)) return;
  const example = names.length > 1 ? "<arg_key>" : names[0];
  const message = `Comment for ${instruction} should follow the format: \`# ${example} <description>\``;
  linter.report(rules.InvalidDefinitionDescription, node, message);
}
