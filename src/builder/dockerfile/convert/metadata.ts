import type { Healthcheck } from "../../../oci/image.ts";
import { parseSignal } from "../../../os/signal.ts";
import type {
  Cmd,
  Env,
  HealthcheckInstruction,
  Onbuild,
  Shell,
  Single,
  Words,
} from "../instructions/index.ts";
import { quoteList } from "../quote.ts";
import { goDuration } from "./go-duration.ts";
import type { StageImage } from "./stage-state.ts";
import type { Step } from "./step.ts";

/** All variables of an ENV see what was there before it. */
export function convertEnv(step: Step<Env>): void {
  const { image, state } = step;
  const pairs = step.command.pairs.map(({ key, value }) => ({
    key: step.expand(key),
    value: step.expand(value),
  }));
  for (const { key, value } of pairs) {
    state.environment.set(key, value);
    const env = image.config.Env ?? [];
    const at = env.findIndex((entry) => entry.startsWith(`${key}=`) || entry === key);
    image.config.Env = at < 0 ? [...env, `${key}=${value}`] : env.with(at, `${key}=${value}`);
  }
  step.record(`ENV ${pairs.map(({ key, value }) => `${key}=${value}`).join(" ")}`);
}

export function convertLabel(step: Step<Env>): void {
  const pairs = step.command.pairs.map(({ key, value }) => [step.expand(key), step.expand(value)] as const);
  step.image.config.Labels = { ...step.image.config.Labels, ...Object.fromEntries(pairs) };
  step.record(`LABEL ${pairs.map(([key, value]) => `${key}=${value}`).join(" ")}`);
}

export function convertMaintainer(step: Step<Single>): void {
  step.image.author = step.command.text;
  step.record(`MAINTAINER ${step.command.text}`);
}

export function convertUser(step: Step<Single>): void {
  const user = step.expand(step.command.text);
  step.image.config.User = user;
  step.record(`USER ${user}`);
}

export function convertStopsignal(step: Step<Single>): void {
  const signal = step.expand(step.command.text);
  parseSignal(signal);
  step.image.config.StopSignal = signal;
  step.record(`STOPSIGNAL ${signal}`);
}

export function convertVolume(step: Step<Words>): void {
  const volumes = step.command.words.map((word) => step.expand(word));
  if (volumes.includes("")) step.fail("VOLUME specified can not be an empty string");
  const added = Object.fromEntries(volumes.map((volume) => [volume, {}]));
  step.image.config.Volumes = { ...step.image.config.Volumes, ...added };
  step.record(`VOLUME [${volumes.join(" ")}]`);
}

export function convertShell(step: Step<Shell>): void {
  step.image.config.Shell = [...step.command.shell];
  step.record(`SHELL [${step.command.shell.join(" ")}]`);
}

export function convertOnbuild(step: Step<Onbuild>): void {
  step.image.config.OnBuild = [...(step.image.config.OnBuild ?? []), step.command.trigger];
}

export function convertHealthcheck(step: Step<HealthcheckInstruction>): void {
  once(step, "HEALTHCHECK");
  step.image.config.Healthcheck = structuredClone(step.command.check);
  step.record(`HEALTHCHECK ${describe(step.command.check)}`);
}

/** As Go's `%+v` prints the struct. */
function describe({
  Test,
  Interval = 0,
  Timeout = 0,
  StartPeriod = 0,
  StartInterval = 0,
  Retries = 0,
}: Healthcheck): string {
  const durations = Object.entries({ Interval, Timeout, StartPeriod, StartInterval });
  const times = durations.map(([name, value]) => `${name}:${goDuration(value)}`).join(" ");
  return `{Test:[${(Test ?? []).join(" ")}] ${times} Retries:${Retries}}`;
}

/** ENTRYPOINT drops a CMD of the base, but not one of this stage. */
export function convertCommand(step: Step<Cmd>): void {
  const { command, image, state } = step;
  const keyword = command.kind.toUpperCase();
  once(step, keyword);
  const { config } = image;
  if (command.shell && (config.Shell ?? []).length === 0) {
    const what = `JSON arguments recommended for ${command.node.keyword}`;
    step.report("JSONArgsRecommended", `${what} to prevent unintended behavior related to OS signals`);
  }
  const args = command.shell ? withShell(image, command.args) : [...command.args];
  if (command.kind === "cmd") {
    config.Cmd = args;
    config.ArgsEscaped = true;
  } else {
    config.Entrypoint = args;
    if (!state.seen.has("CMD")) delete config.Cmd;
  }
  step.record(`${keyword} ${quoteList(args)}`);
}

/** Of these only the last counts: those before it are mistakes. */
function once(step: Step, keyword: string): void {
  const { state, command } = step;
  const before = state.seen.get(keyword);
  state.seen.set(keyword, command);
  if (before === undefined) return;
  const what = `Multiple ${command.node.keyword} instructions should not be used in the same stage`;
  step.report("MultipleInstructionsDisallowed", `${what} because only the last one will be used`, before);
}

export function withShell({ config }: StageImage, args: readonly string[]): string[] {
  const shell = config.Shell ?? [];
  return [...(shell.length > 0 ? shell : ["/bin/sh", "-c"]), args.join(" ")];
}
