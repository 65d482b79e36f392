import type { IncomingMessage } from "node:http";
import type { AuthConfig, BuildContext, BuildLimits, BuildRequest } from "../../api/index.ts";
import { invalid, notImplemented } from "../../errors/index.ts";
import { type Decoder, decode, integer, list, map, nullable, object, string } from "./decode.ts";
import type { Query } from "./query.ts";
import { authConfig } from "./registry-auth.ts";

/** `POST /build` in our own words. (docs.docker.com/reference/api/engine, ImageBuild) */
export function classicBuild(query: Query, request: IncomingMessage): BuildRequest {
  if (query.string("version") === "2")
    throw notImplemented(
      "BuildKit's protocol is not supported yet: build with DOCKER_BUILDKIT=0, or with slipway build",
    );
  const platform = query.string("platform");
  const target = query.string("target");
  return {
    Dockerfile: { Name: query.string("dockerfile") ?? "Dockerfile" },
    Contexts: [contextOf(query.string("remote"))],
    Tags: query.all("t"),
    Targets: target === undefined ? [] : [target],
    Platforms: platform === undefined ? [] : platform.split(","),
    BuildArgs: given(json(query, "buildargs", map(nullable(string))) ?? {}),
    Labels: json(query, "labels", map(string)) ?? {},
    NoCache: query.boolean("nocache"),
    Pull: query.boolean("pull"),
    Network: query.string("networkmode") ?? "default",
    Limits: limitsOf(query),
    Auths: registryConfig(request),
    CacheFrom: (json(query, "cachefrom", list(string)) ?? []).map((ref) => ({
      Type: "image",
      Attributes: { ref },
    })),
    Squash: query.boolean("squash"),
    Plan: true,
  };
}

function contextOf(remote: string | undefined): BuildContext {
  const Name = "context";
  if (remote === undefined) return { Name, Kind: "archive", Prefix: "" };
  if (isGit(remote)) return { Name, Kind: "git", URL: remote };
  return { Name, Kind: "http", URL: remote };
}

/** As docker tells them: a scheme of git's, a hosting site by name, or a path that ends in `.git`. */
const isGit = (url: string): boolean =>
  /^(git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(url) || /^https?:\/\/.*\.git(#.*)?$/.test(url);

function limitsOf(query: Query): BuildLimits {
  const ulimit = object<{ Name: string; Soft: number; Hard: number }>({
    Name: string,
    Soft: integer,
    Hard: integer,
  });
  const numbers = {
    memory: query.integer("memory"),
    memorySwap: query.integer("memswap"),
    cpuShares: query.integer("cpushares"),
    cpuPeriod: query.integer("cpuperiod"),
    cpuQuota: query.integer("cpuquota"),
    shmSize: query.integer("shmsize"),
  };
  const texts = {
    cpusetCpus: query.string("cpusetcpus"),
    cpusetMems: query.string("cpusetmems"),
    cgroupParent: query.string("cgroupparent"),
  };
  return {
    // Clients send a zero for what was not asked for.
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value)),
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)),
    ulimits: (json(query, "ulimits", list(ulimit)) ?? []).map(({ Name, Soft, Hard }) => ({
      name: Name,
      soft: Soft,
      hard: Hard,
    })),
    extraHosts: query.all("extrahosts"),
    securityOpt: query.all("securityopt"),
  };
}

function json<T>(query: Query, name: string, decoder: Decoder<T>): T | undefined {
  const text = query.string(name);
  if (text === undefined) return undefined;
  const value = parse(text, `parameter '${name}'`);
  return value === null ? undefined : decode(decoder, value);
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`${what} is no JSON`, { cause });
  }
}

/** A build argument without a value is none. */
function given(values: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** The logins of X-Registry-Config, an object in base64url, by their domains. */
function registryConfig({ headers }: IncomingMessage): Record<string, AuthConfig> {
  const header = [headers["x-registry-config"]].flat()[0] ?? "";
  const text = Buffer.from(header, "base64url").toString();
  const value = text.trim() === "" ? null : parse(text, "the X-Registry-Config header");
  const auths = value === null ? {} : decode(map(authConfig), value);
  const hub = "https://index.docker.io/v1/";
  return Object.fromEntries(
    Object.entries(auths).map(([host, auth]) => [host === hub ? "docker.io" : host, auth]),
  );
}
