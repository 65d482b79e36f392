import type { AuthConfig, BuildLimits, BuildOutput, BuildRequest } from "../../api/index.ts";
import { parseReference } from "../../oci/reference.ts";
import { credentialsFor } from "../config/credentials.ts";
import type { ConfigFile } from "../config/file.ts";
import { wrong } from "../local-error.ts";
import { cut } from "../opts/csv.ts";
import { namedContext, type Source } from "./context.ts";
import type { BuildFlags } from "./flags.ts";
import type { Output } from "./output.ts";
import { readSecret } from "./secrets.ts";

/** What the options ask for, in the engine's words. */
export function requestOf(
  flags: BuildFlags,
  source: Source,
  outputs: readonly Output[],
  auths: Record<string, AuthConfig>,
  agents: NonNullable<BuildRequest["SSH"]>,
): BuildRequest {
  return {
    Dockerfile: source.dockerfile,
    Contexts: [...source.contexts, ...flags["build-context"].map(namedContext)],
    Tags: flags.tag,
    Targets: flags.target,
    Platforms: flags.platform,
    BuildArgs: buildArgs(flags["build-arg"]),
    Labels: pairs(flags.label),
    NoCache: flags["no-cache"],
    NoCacheFilter: flags["no-cache-filter"],
    Pull: flags.pull,
    Network: flags.network,
    Limits: limitsOf(flags),
    Allow: flags.allow,
    Secrets: flags.secret.map(readSecret),
    SSH: agents,
    Auths: auths,
    CacheFrom: flags["cache-from"],
    CacheTo: flags["cache-to"],
    Outputs: outputs.map(
      ({ type, attributes }): BuildOutput => ({ Type: type, Attributes: { ...attributes } }),
    ),
    Annotations: pairs(flags.annotation),
    Squash: flags.squash,
    KeepFailed: flags.debug,
  };
}

function limitsOf(flags: BuildFlags): BuildLimits {
  const values: Record<keyof BuildLimits, unknown> = {
    memory: flags.memory,
    memorySwap: flags["memory-swap"],
    cpuShares: flags["cpu-shares"],
    cpuPeriod: flags["cpu-period"],
    cpuQuota: flags["cpu-quota"],
    cpusetCpus: flags["cpuset-cpus"],
    cpusetMems: flags["cpuset-mems"],
    cgroupParent: flags["cgroup-parent"],
    shmSize: flags["shm-size"],
    ulimits: flags.ulimit.map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
    extraHosts: flags["add-host"],
    dns: undefined,
    securityOpt: flags["security-opt"],
    hostname: undefined,
    binds: flags.volume,
  };
  const given = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given) as BuildLimits;
}

/** An argument without a value has that of the variable of its name, or none. */
function buildArgs(given: readonly string[]): Record<string, string> {
  const args: Record<string, string> = {};
  // Every build is to be reproducible for whom this variable says so.
  if (process.env.SOURCE_DATE_EPOCH) args.SOURCE_DATE_EPOCH = process.env.SOURCE_DATE_EPOCH;
  for (const text of given) {
    const [name, value = process.env[name]] = cut(text, "=");
    if (name === "") throw wrong(`invalid build argument: ${text}`);
    if (value !== undefined) args[name] = value;
  }
  return args;
}

function pairs(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const [key, value = ""] = cut(text, "=");
      return [key, value];
    }),
  );
}

/** What we have to prove ourselves with to every registry that we have logged in to, and to those of the tags. */
export async function authsOf(
  file: ConfigFile,
  tags: readonly string[],
): Promise<Record<string, AuthConfig>> {
  const known = [...Object.keys(file.values.auths ?? {}), ...Object.keys(file.values.credHelpers ?? {})];
  const named = tags.map((tag) => parseReference(tag.slice(tag.indexOf("=") + 1)).domain);
  const auths: Record<string, AuthConfig> = {};
  for (const domain of new Set([...known.map(domainOf), ...named, "docker.io"])) {
    const auth = await credentialsFor(file, domain);
    if (auth !== undefined) auths[domain] = auth;
  }
  return auths;
}

/** `https://index.docker.io/v1/` is docker.io's key in the configuration. */
function domainOf(key: string): string {
  const domain = key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return domain === "index.docker.io" ? "docker.io" : domain;
}
