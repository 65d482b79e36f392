import { forbidden } from "../../../errors/index.ts";
import { type Edge, type ExecLimits, type ExecMount, type ExecOp, vertex } from "../../graph/index.ts";
import { Lexer, type Variables } from "../expand/index.ts";
import { type Mount, parseMount, type Run } from "../instructions/index.ts";
import { chompHeredoc, parseHeredoc } from "../parser/index.ts";
import { documentTree } from "./document.ts";
import { nameAndValue } from "./environment.ts";
import { own, proxiesOf } from "./globals.ts";
import { withShell } from "./metadata.ts";
import type { FrontendOptions } from "./model.ts";
import { convertMounts } from "./run-mounts.ts";
import type { Step } from "./step.ts";
import { shown, summary } from "./vertex-name.ts";

/** What RUN runs, and a tree that it needs for that. */
interface Script {
  readonly args: readonly string[];
  /** Mounted at `/dev/pipes/`. */
  readonly file?: Edge;
  /** For people, after the instruction. */
  readonly note: string;
}

export function convertRun(step: Step<Run>): void {
  const { command, state, image, conversion } = step;
  const script = scriptOf(step);
  const args = command.shell ? withShell(image, script.args) : [...script.args];
  const mounts = command.mounts.map((text) => parseMount(text, (word) => step.expand(word)));
  const inputs: Edge[] = [state.tree];
  const made: ExecMount[] = [];
  if (script.file !== undefined) {
    made.push({ type: "bind", target: "/dev/pipes", input: inputs.length, source: "/", writable: false });
    inputs.push(script.file);
  }
  made.push(...convertMounts(step, mounts, inputs));
  const op = { ...execOp(step, args), mounts: made, env: environmentOf(step, made) };
  // Quotes stay as they are written, and so does what is not set: the shell gets them.
  const lexer = new Lexer(conversion.lexer.token, { keepQuotes: true, keepUnset: true });
  const name = step.name(shown(command.code + script.note, lexer, masked(state.environment, mounts)));
  state.tree = vertex(op, inputs, { name, ignoreCache: state.ignoreCache });
  step.record(`RUN ${declaredArgs(step)}${args.join(" ")} # buildkit`, true);
}

function execOp(step: Step<Run>, args: readonly string[]): Omit<ExecOp, "mounts" | "env"> {
  const { command, state, image, conversion } = step;
  const { options } = conversion;
  allow(step);
  return {
    kind: "exec",
    args,
    uncachedEnv: uncachedEnv(step),
    cwd: state.workdir,
    user: image.config.User ?? "",
    network: command.network === "default" ? options.network : command.network,
    security: command.security,
    platform: state.platform ?? conversion.platforms.target,
    limits: limitsOf(options),
  };
}

function limitsOf({ limits, buildArgs }: FrontendOptions): ExecLimits {
  const hostname = limits.hostname ?? own(buildArgs, "BUILDKIT_SANDBOX_HOSTNAME");
  return hostname ? { ...limits, hostname } : limits;
}

/** What goes beyond the sandbox must be allowed by whoever asks for the build. */
function allow({ command, conversion }: Step<Run>): void {
  const { entitlements } = conversion.options;
  const wanted = [
    ...(command.network === "host" ? (["network.host"] as const) : []),
    ...(command.security === "insecure" ? (["security.insecure"] as const) : []),
  ];
  for (const name of wanted)
    if (!entitlements.has(name)) throw forbidden(`${name} is not allowed: the build needs --allow ${name}`);
}

/** Proxies of the request; a variable that the Dockerfile declares is its own affair. */
function uncachedEnv({ state, conversion }: Step<Run>): string[] {
  const { buildArgs, proxies } = conversion.options;
  const values = new Map([...proxies, ...proxiesOf(buildArgs)].map(nameAndValue));
  return [...values]
    .filter(([name]) => state.environment.get(name) === undefined)
    .map(([name, value]) => `${name}=${value}`);
}

/** With an agent, the variable that leads to it. */
function environmentOf({ state }: Step<Run>, mounts: readonly ExecMount[]): string[] {
  const agent = mounts.find((mount) => mount.type === "ssh");
  const list = state.environment.list();
  if (agent === undefined || state.environment.get("SSH_AUTH_SOCK") !== undefined) return list;
  return [...list, `SSH_AUTH_SOCK=${agent.target}`];
}

/**
 * A single heredoc is the script itself: a file that is run when it has a shebang, a text for the shell otherwise. With a command
 * before it, or several, all goes to the shell as it is written. (Dockerfile reference, "Here-Documents")
 */
function scriptOf(step: Step<Run>): Script {
  const { args, heredocs } = step.command;
  const [first] = heredocs;
  if (first === undefined) return { args, note: "" };
  const [text = ""] = args;
  if (parseHeredoc(text) === undefined) {
    const documents = heredocs.map(({ content, name }) => `\n${content}${name}`);
    return { args: [text + documents.join("")], note: "" };
  }
  const content = first.chomp ? chompHeredoc(first.content) : first.content;
  const note = ` (${summary(first.content)})`;
  if (!content.startsWith("#!")) return { args: [content], note };
  const file = documentTree(step.conversion, first.name, content, 0o755);
  return { args: [`/dev/pipes/${first.name}`], file, note };
}

/** Variables that hold secrets are shown as such. */
function masked(variables: Variables, mounts: readonly Mount[]): Variables {
  const secrets = new Set(mounts.filter(({ type }) => type === "secret").map(({ env }) => env));
  return {
    get: (name) => (secrets.has(name) ? "****" : variables.get(name)),
    names: () => variables.names(),
  };
}

/** `|2 A=b C=d `: the declared arguments, for the history. */
function declaredArgs({ state }: Step<Run>): string {
  const values = new Map<string, string>();
  for (const { key, value } of state.declared) values.set(key, state.environment.get(key) ?? value ?? "");
  if (values.size === 0) return "";
  return `|${values.size} ${[...values].map(([key, value]) => `${key}=${value}`).join(" ")} `;
}
