import { type Edge, type FileAction, type FileOp, vertex } from "../../graph/index.ts";
import type { Add, Copy } from "../instructions/index.ts";
import { addSource } from "./add-source.ts";
import { checkMode } from "./chmod.ts";
import { localActions } from "./copy-source.ts";
import { fileTime } from "./file-time.ts";
import { joinPath } from "./path.ts";
import type { Step } from "./step.ts";
import type { Target } from "./transfer-target.ts";
import { shown } from "./vertex-name.ts";

/** An instruction with its variables replaced. */
export interface Expanded {
  readonly sources: readonly string[];
  readonly destination: string;
  readonly chown: string;
  readonly chmod: string;
  readonly checksum: string;
}

/** COPY and ADD: one layer; with `--link` one that does not depend on those below it. */
export function convertTransfer(step: Step<Copy | Add>): void {
  const { command, state, conversion } = step;
  const expanded = expand(step);
  checkMode(step, expanded.chmod);
  const text = shown(command.code, conversion.lexer, state.environment);
  const name = step.name(text);
  const inputs: Edge[] = [command.link ? undefined : state.tree];
  const target = targetOf(step, expanded);
  const actions = [...sourceActions(step, expanded, target, inputs, name), ...documentActions(step, target)];
  const op: FileOp = { kind: "file", actions, time: fileTime(conversion.options) };
  const copied = vertex(op, inputs, { name, ignoreCache: state.ignoreCache });
  state.tree = command.link ? link(state.tree, copied, name, text) : copied;
  step.record(`${history(step, expanded)} # buildkit`, true);
}

/** On nothing there is nothing to link to. */
function link(below: Edge, copied: Edge, name: string, text: string): Edge {
  if (below === undefined) return copied;
  const linked = `${name.slice(0, name.length - text.length)}LINK ${text}`;
  return vertex({ kind: "link" }, [below, copied], { name: linked });
}

function expand(step: Step<Copy | Add>): Expanded {
  const { command } = step;
  return {
    chown: step.expand(command.chown),
    chmod: step.expand(command.chmod),
    checksum: command.kind === "add" ? step.expand(command.checksum) : "",
    sources: command.sources.map((source) => step.expand(source)),
    destination: step.expand(command.destination),
  };
}

/** A destination that ends with a slash, or a dot, is a directory; so is that of several sources. */
function targetOf(
  { command, state }: Step<Copy | Add>,
  { destination, sources, chown, chmod }: Expanded,
): Target {
  const several = sources.length + command.documents.length > 1;
  return {
    destination: joinPath(state.workdir, destination),
    intoDirectory: several || destination === "" || /(^|\/)\.{0,2}$/.test(destination),
    ...(chown === "" ? {} : { owner: chown }),
    ...(chmod === "" ? {} : { mode: chmod }),
    exclude: command.exclude,
    replaceLinks: command.link,
  };
}

function sourceActions(
  step: Step<Copy | Add>,
  expanded: Expanded,
  target: Target,
  inputs: Edge[],
  name: string,
): FileAction[] {
  const { sources, checksum } = expanded;
  if (checksum !== "" && sources.length !== 1) step.fail("checksum can't be specified for multiple sources");
  const local: string[] = [];
  const actions: FileAction[] = [];
  for (const source of sources) {
    const remote = addSource(step, source, checksum, name);
    if (remote === undefined) local.push(source);
    else
      actions.push({
        action: "copy",
        ...target,
        input: inputs.push(remote.tree) - 1,
        sources: [remote.path],
        unpack: remote.unpack,
        parents: false,
        required: true,
      });
  }
  if (checksum !== "" && local.length > 0) step.fail("checksum requires HTTP(S) or Git sources");
  return [...actions, ...localActions(step, local, target, inputs)];
}

/** Heredocs are files in the destination, or are it, unless it is a directory already. */
function documentActions(step: Step<Copy | Add>, target: Target): FileAction[] {
  const { destination, intoDirectory, owner, mode = 0o644 } = target;
  return step.command.documents.map(({ name, content, expand }) => ({
    action: "write",
    ...(intoDirectory ? { path: joinPath(destination, name) } : { path: destination, name }),
    content: expand ? step.expandDocument(content) : content,
    mode,
    ...(owner === undefined ? {} : { owner }),
  }));
}

/** `COPY --chown=1:1 a b /c/`, with variables replaced. */
function history({ command }: Step<Copy | Add>, { chown, chmod, sources, destination }: Expanded): string {
  return [
    command.kind.toUpperCase(),
    ...(command.kind === "copy" && command.parents ? ["--parents"] : []),
    ...(chown === "" ? [] : [`--chown=${chown}`]),
    ...(chmod === "" ? [] : [`--chmod=${chmod}`]),
    ...sources,
    ...command.documents.map(({ name }) => `<<${name}`),
    destination,
  ].join(" ");
}
