import type { Dockerfile, Run, Stage } from "../../instructions/index.ts";
import type { Linter } from "../linter.ts";
import type { RunContext } from "./advice.ts";
import { adviseFiles } from "./files.ts";
import { keptStages } from "./kept.ts";
import { packageAdvice } from "./packages.ts";
import { runAdvice } from "./run.ts";
import { shellCommands } from "./shell.ts";
import { adviseStages } from "./stages.ts";

/** Checks a Dockerfile for rules of our own, beyond BuildKit's: mistakes that cost size and security. */
export function adviseDockerfile(linter: Linter, dockerfile: Dockerfile): void {
  adviseStages(linter, dockerfile);
  const kept = keptStages(dockerfile);
  for (const stage of dockerfile.stages)
    for (const command of stage.commands)
      if (command.kind === "run") adviseRun(linter, stage, command, kept.has(stage));
      else adviseFiles(linter, command);
}

function adviseRun(linter: Linter, stage: Stage, run: Run, kept: boolean): void {
  const context = contextOf(stage, run);
  for (const { rule, size, check } of [...packageAdvice, ...runAdvice]) {
    const message = size === true && !kept ? undefined : check(context);
    if (message !== undefined) linter.report(rule, run.node, message);
  }
}

/** A heredoc is part of the script. */
function contextOf(stage: Stage, run: Run): RunContext {
  const documents = run.heredocs.map(({ content }) => content);
  const script = run.shell ? [...run.args, ...documents].join("\n") : execScript(run.args);
  const before = stage.commands.slice(0, stage.commands.indexOf(run));
  return { run, script, commands: shellCommands(script), stage, before };
}

/** `["sh", "-c", "…"]` is a shell's line; any other array is one command. */
function execScript(args: readonly string[]): string {
  const [program = "", option, script] = args;
  if (/(^|\/)(ba|da)?sh$/.test(program) && option === "-c" && script !== undefined) return script;
  return args.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(" ");
}
