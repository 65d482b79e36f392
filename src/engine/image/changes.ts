import { invalid } from "../../errors/index.ts";
import type { ExecutionConfig } from "../../oci/image.ts";
import { healthcheckOf } from "./healthcheck.ts";
import { parsePairs, parseWords } from "./instruction-words.ts";

type Instruction = (config: ExecutionConfig, rest: string, line: string) => void;

const defaultShell = ["/bin/sh", "-c"];

const instructions: Readonly<Record<string, Instruction>> = {
  CMD: (config, rest) => {
    config.Cmd = commandOf(config, rest);
  },
  ENTRYPOINT: (config, rest) => {
    config.Entrypoint = commandOf(config, rest);
  },
  ENV: (config, rest) => {
    for (const [name, value] of parsePairs(rest, "ENV")) {
      const others = (config.Env ?? []).filter((entry) => !entry.startsWith(`${name}=`));
      config.Env = [...others, `${name}=${value}`];
    }
  },
  EXPOSE: (config, rest) => {
    for (const port of rest.split(/\s+/)) config.ExposedPorts = { ...config.ExposedPorts, ...exposed(port) };
  },
  HEALTHCHECK: (config, rest) => {
    config.Healthcheck = healthcheckOf(rest);
  },
  LABEL: (config, rest) => {
    config.Labels = { ...config.Labels, ...Object.fromEntries(parsePairs(rest, "LABEL")) };
  },
  ONBUILD: (config, rest) => {
    const keyword = rest.split(/\s/, 1)[0]?.toUpperCase() ?? "";
    if (["ONBUILD", "FROM", "MAINTAINER"].includes(keyword)) {
      throw invalid(`${keyword} isn't allowed as an ONBUILD trigger`);
    }
    config.OnBuild = [...(config.OnBuild ?? []), rest];
  },
  SHELL: (config, rest, line) => {
    const shell = jsonStrings(rest);
    if (shell === undefined) throw invalid(`SHELL requires the arguments to be in JSON form: ${line}`);
    config.Shell = shell;
  },
  STOPSIGNAL: (config, rest) => {
    config.StopSignal = rest;
  },
  USER: (config, rest) => {
    config.User = rest;
  },
  VOLUME: (config, rest) => {
    const paths = jsonStrings(rest) ?? parseWords(rest);
    config.Volumes = { ...config.Volumes, ...Object.fromEntries(paths.map((path) => [path, {}])) };
  },
  WORKDIR: (config, rest) => {
    const base = config.WorkingDir || "/";
    config.WorkingDir = rest.startsWith("/") ? rest : `${base.replace(/\/$/, "")}/${rest}`;
  },
};

/** A config changed by Dockerfile instructions, as `commit` and `import` take them with `--change`. */
export function applyChanges(config: ExecutionConfig, changes: readonly string[]): ExecutionConfig {
  const changed = structuredClone(config);
  for (const line of changes.flatMap((change) => change.split("\n"))) {
    const [, keyword = "", rest = ""] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    if (keyword === "" || keyword.startsWith("#")) continue;
    const name = keyword.toUpperCase();
    const instruction = instructions[name];
    if (instruction === undefined) throw invalid(`${name} is not a valid change command`);
    if (rest === "") throw invalid(`${name} requires at least one argument`);
    instruction(changed, rest, line);
  }
  return changed;
}

/** The exec form, or the shell form run by the image's shell. */
function commandOf(config: ExecutionConfig, rest: string): string[] {
  return jsonStrings(rest) ?? [...(config.Shell ?? defaultShell), rest];
}

function jsonStrings(text: string): string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
    return isList ? (value as string[]) : undefined;
  } catch {
    // What looks like JSON and is none is a command of the shell, as in a Dockerfile.
    return undefined;
  }
}

/** A port or a range of them, with a protocol, by themselves. */
function exposed(text: string): Record<string, object> {
  const [, first, last, protocol = "tcp"] = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const from = Number(first);
  const to = Number(last ?? first);
  if (!(from >= 1 && to <= 65535 && from <= to)) throw invalid(`invalid containerPort: ${text}`);
  const ports = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return Object.fromEntries(ports.map((port) => [`${port}/${protocol.toLowerCase()}`, {}]));
}
