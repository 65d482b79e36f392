import { vertex } from "../../graph/index.ts";
import type { Single } from "../instructions/index.ts";
import { quote } from "../quote.ts";
import { fileTime } from "./file-time.ts";
import { joinPath } from "./path.ts";
import type { Step } from "./step.ts";
import { shown } from "./vertex-name.ts";

/** Every WORKDIR but `/` makes a layer, in which the directory is unless it was there. */
export function convertWorkdir(step: Step<Single>): void {
  const { state, image, conversion, command } = step;
  const path = step.expand(command.text);
  if (!state.workdirSet && !path.startsWith("/")) {
    const what = `Relative workdir ${quote(path)} can have unexpected results if the base image changes`;
    step.report("WorkdirRelativePath", what);
  }
  state.workdirSet = true;
  const directory = joinPath(image.config.WorkingDir || "/", path);
  image.config.WorkingDir = directory;
  state.workdir = directory;
  if (directory !== "/") {
    const owner = image.config.User ? { owner: image.config.User } : {};
    const action = { action: "mkdir", path: directory, mode: 0o755, ...owner } as const;
    const name = step.name(shown(command.code, conversion.lexer, state.environment));
    const op = { kind: "file", actions: [action], time: fileTime(conversion.options) } as const;
    state.tree = vertex(op, [state.tree], { name });
  }
  step.record(`WORKDIR ${directory}`, directory !== "/");
}
