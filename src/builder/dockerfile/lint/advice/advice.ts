import type { Command, Run, Stage } from "../../instructions/index.ts";
import type { Rule } from "../rule.ts";
import type { ShellCommand } from "./shell.ts";

/** A RUN, and what it is about. */
export interface RunContext {
  readonly run: Run;
  readonly script: string;
  readonly commands: readonly ShellCommand[];
  readonly stage: Stage;
  /** Instructions of the stage before it. */
  readonly before: readonly Command[];
}

/** What is wrong with a RUN; undefined: nothing. */
export interface RunAdvice {
  readonly rule: Rule;
  /** It is about an image's size: stages that are in no image are free of it. */
  readonly size?: true;
  check(context: RunContext): string | undefined;
}

/** Whether something is kept in a mount there, and so in no layer. */
export function isMounted({ run }: RunContext, ...paths: readonly string[]): boolean {
  return run.mounts.some((mount) =>
    paths.some((path) => mount.includes(`target=${path}`) || mount.includes(`dst=${path}`)),
  );
}

/** Whether the script removes something below a path. */
export function removes({ commands }: RunContext, path: string): boolean {
  return commands.some(({ words }) => words[0] === "rm" && words.some((word) => word.includes(path)));
}

/** Whether a variable is set for the script, by ENV before it or in it. */
export function isSet({ script, before }: RunContext, name: string): boolean {
  const inEnv = before.some(
    ({ kind, ...rest }) => kind === "env" && "pairs" in rest && rest.pairs.some(({ key }) => key === name),
  );
  return inEnv || script.includes(`${name}=`);
}
