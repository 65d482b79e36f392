import type {
  BuildCacheOption,
  BuildCall,
  BuildContext,
  BuildLimits,
  BuildOutput,
  BuildRequest,
} from "../../api/build.ts";
import { invalid } from "../../errors/index.ts";
import { boolean, type Decoder, integer, list, map, object, string, word } from "./decode.ts";
import { authConfig } from "./registry-auth.ts";

interface AnyContext {
  Name: string;
  Kind: BuildContext["Kind"];
  Path?: string;
  Inode?: string;
  Device?: string;
  Prefix?: string;
  Reference?: string;
  URL?: string;
}

const anyContext = object<AnyContext>({
  Name: string,
  Kind: word<BuildContext["Kind"]>(),
  Path: string,
  Inode: string,
  Device: string,
  Prefix: string,
  Reference: string,
  URL: string,
});

const required: Record<BuildContext["Kind"], readonly (keyof AnyContext)[]> = {
  directory: ["Path", "Inode", "Device"],
  archive: ["Prefix"],
  image: ["Reference"],
  git: ["URL"],
  http: ["URL"],
  "oci-layout": ["Path", "Inode", "Device"],
};

const context: Decoder<BuildContext> = (value, place) => {
  const read = anyContext(value, place);
  const { Kind, Name } = read;
  if (!Object.hasOwn(required, Kind))
    throw invalid(`invalid JSON: ${place}.Kind: there is no kind "${Kind}"`);
  for (const name of ["Name", ...required[Kind]] as const)
    if (read[name] === undefined) throw invalid(`invalid JSON: ${place}.${name} is missing`);
  if (Kind === "archive" && read.Prefix?.split("/").includes(".."))
    throw invalid(`invalid context ${Name}: it lies outside of the archive`);
  return read as BuildContext;
};

const cacheOption = object<BuildCacheOption>({ Type: string, Attributes: map(string) });

export const buildOutput = object<BuildOutput>({ Type: string, Attributes: map(string) });

const limits = object<BuildLimits>({
  memory: integer,
  memorySwap: integer,
  cpuShares: integer,
  cpuPeriod: integer,
  cpuQuota: integer,
  cpusetCpus: string,
  cpusetMems: string,
  cgroupParent: string,
  shmSize: integer,
  ulimits: list(
    object<{ name: string; soft: number; hard: number }>({ name: string, soft: integer, hard: integer }),
  ),
  extraHosts: list(string),
  dns: list(string),
  securityOpt: list(string),
  hostname: string,
  binds: list(string),
});

const decoder = object<BuildRequest>({
  Dockerfile: object<BuildRequest["Dockerfile"]>({ Name: string, Text: string, Ignore: string }),
  Contexts: list(context),
  Tags: list(string),
  Targets: list(string),
  Platforms: list(string),
  BuildArgs: map(string),
  Labels: map(string),
  NoCache: boolean,
  NoCacheFilter: list(string),
  Pull: boolean,
  Network: string,
  Limits: limits,
  Allow: list(string),
  Secrets: list(object<{ ID: string; Data: string }>({ ID: string, Data: string })),
  SSH: list(object<{ ID: string; Path: string }>({ ID: string, Path: string })),
  Auths: map(authConfig),
  CacheFrom: list(cacheOption),
  CacheTo: list(cacheOption),
  Outputs: list(buildOutput),
  Annotations: map(string),
  Squash: boolean,
  Call: word<BuildCall>(),
  KeepFailed: boolean,
  Plan: boolean,
});

const calls: readonly BuildCall[] = ["check", "outline", "targets"];

export const buildRequest: Decoder<BuildRequest> = (value, place) => {
  const request = decoder(value, place);
  if (request.Call !== undefined && !calls.includes(request.Call))
    throw invalid(`invalid JSON: Call: there is no call "${request.Call}"`);
  if (request.Dockerfile?.Name === undefined) throw invalid("invalid JSON: Dockerfile.Name is missing");
  return { ...request, Contexts: request.Contexts ?? [] };
};
