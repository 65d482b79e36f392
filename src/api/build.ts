import type { ErrorKind } from "../errors/index.ts";
import type { AuthConfig } from "./registry.ts";

/*
 * Slipway's own way to ask for a build. The body of `POST /builds` is the request, one line of JSON, and behind it the
 * archive that the request speaks of, if any. The answer is lines of JSON, a BuildMessage each; it ends with a result
 * or an error. What an output has for the client is fetched meanwhile: `GET /builds/{id}/outputs?index=0`.
 */

export interface BuildRequest {
  Dockerfile: BuildDockerfile;
  /** The main one is named `context`. */
  Contexts: BuildContext[];
  Tags?: string[];
  /** Stages; none: the last. */
  Targets?: string[];
  Platforms?: string[];
  BuildArgs?: Record<string, string>;
  Labels?: Record<string, string>;
  NoCache?: boolean;
  NoCacheFilter?: string[];
  Pull?: boolean;
  /** `default`, `none`, `host`, or a network's name. */
  Network?: string;
  Limits?: BuildLimits;
  /** `network.host`, `security.insecure`. */
  Allow?: string[];
  Secrets?: BuildSecret[];
  SSH?: { ID: string; Path: string }[];
  /** By the registry's domain. */
  Auths?: Record<string, AuthConfig>;
  CacheFrom?: BuildCacheOption[];
  CacheTo?: BuildCacheOption[];
  Outputs?: BuildOutput[];
  Annotations?: Record<string, string>;
  /** All new layers become one. */
  Squash?: boolean;
  /** Nothing is built: the Dockerfile is looked at. */
  Call?: BuildCall;
  /** The root file system of a step that fails is made an image, for somebody to look into. */
  KeepFailed?: boolean;
  /** The instructions are told before they are done. */
  Plan?: boolean;
}

/** What is to be said of a Dockerfile: what may be wrong in it, what a target of it takes, which targets there are. */
export type BuildCall = "check" | "outline" | "targets";

export interface BuildDockerfile {
  /** Path in the main context, or a name for messages. */
  Name: string;
  /** The Dockerfile itself; absent: it is in the main context. */
  Text?: string;
  /** What its own `.dockerignore` says, where the Dockerfile is not in the context. */
  Ignore?: string;
}

export type BuildContext =
  /** A directory of this host, read in place. Inode and device tell whether both sides see the same one. */
  | { Name: string; Kind: "directory"; Path: string; Inode: string; Device: string }
  /** In the archive behind the request, below a directory of it; empty: all of the archive. */
  | { Name: string; Kind: "archive"; Prefix: string }
  | { Name: string; Kind: "image"; Reference: string }
  | { Name: string; Kind: "git"; URL: string }
  /** An archive, or a Dockerfile, of the web. */
  | { Name: string; Kind: "http"; URL: string }
  /** An OCI layout on this host; `Reference`: a tag or a digest of it. */
  | {
      Name: string;
      Kind: "oci-layout";
      Path: string;
      Inode: string;
      Device: string;
      Reference?: string;
    };

export interface BuildSecret {
  ID: string;
  /** Base64. */
  Data: string;
}

/** As docker has them; bytes and microseconds. */
export interface BuildLimits {
  memory?: number;
  memorySwap?: number;
  cpuShares?: number;
  cpuPeriod?: number;
  cpuQuota?: number;
  cpusetCpus?: string;
  cpusetMems?: string;
  cgroupParent?: string;
  shmSize?: number;
  ulimits?: { name: string; soft: number; hard: number }[];
  extraHosts?: string[];
  dns?: string[];
  securityOpt?: string[];
  hostname?: string;
  binds?: string[];
}

export interface BuildCacheOption {
  /** `registry`, `local`, `inline`; `image`: an image that is here, or nothing. */
  Type: string;
  Attributes: Record<string, string>;
}

export interface BuildOutput {
  /** `image`, `registry`, `local`, `tar`, `oci`, `docker`, or `cacheonly`: nothing. */
  Type: string;
  /** As `--output` has them, without `type` and `dest`. */
  Attributes: Record<string, string>;
}

export interface BuildMessage {
  /** Of this build, first of all: outputs are fetched with it. */
  id?: string;
  status?: SolveStatus;
  plan?: BuildPlan;
  /** An output can be fetched. */
  output?: { Index: number };
  result?: BuildResult;
  error?: BuildFailure;
}

export interface BuildResult {
  Targets: BuildTargetResult[];
  Warnings: BuildWarning[];
  /** Of a call, which builds nothing. */
  Outline?: BuildOutline;
  List?: BuildTargetList;
}

/** What can be given to a target, as BuildKit writes it. (moby/buildkit frontend/subrequests/outline) */
export interface BuildOutline {
  name?: string;
  description?: string;
  args?: { name: string; description?: string; value?: string; location?: BuildLocation }[];
  secrets?: { name: string; required?: boolean; location?: BuildLocation }[];
  ssh?: { name: string; required?: boolean; location?: BuildLocation }[];
  /** Base64: the Dockerfile. */
  sources?: string[];
}

/** The stages of a Dockerfile, as BuildKit writes them. (moby/buildkit frontend/subrequests/targets) */
export interface BuildTargetList {
  targets: {
    name?: string;
    default?: boolean;
    description?: string;
    base?: string;
    platform?: string;
    location?: BuildLocation;
  }[];
  /** Base64: the Dockerfile. */
  sources: string[];
}

/** Lines of a Dockerfile, a range each; they count from 1. */
export interface BuildLocation {
  ranges: { start: { line: number }; end: { line: number } }[];
}

export interface BuildTargetResult {
  Target: string;
  /** The image's ID, or of one for several platforms the index's digest; absent: no image was made. */
  ImageID?: string;
  /** Digest of the manifest or index. */
  Digest?: string;
  Descriptor?: { mediaType: string; digest: string; size: number; annotations?: Record<string, string> };
  /** Of an image for one platform. */
  ConfigDigest?: string;
  Names: string[];
}

/** The instructions of a Dockerfile up to the target's last. */
export interface BuildPlan {
  Instructions: {
    /** In small letters. */
    Keyword: string;
    Text: string;
    /** The steps that were made of it; none for those that only change the image's config. */
    Vertices: string[];
    /** What ONBUILD of the base has put behind it. */
    Triggers?: { Keyword: string; Vertices: string[] }[];
  }[];
}

export interface BuildFailure {
  message: string;
  /** As of the engine's other errors. */
  kind: ErrorKind;
  /** Where in the Dockerfile, with the lines around it. */
  excerpt?: string;
  line?: number;
  filename?: string;
  /** The step that failed: its name and its digest. */
  step?: { name: string; vertex: string };
  exitCode?: number;
  /** Of a RUN whose process has failed: the command line. */
  command?: string;
  /** The engine does not see a directory that the request names: it must be sent. */
  unseen?: boolean;
  /** What the step has left. */
  kept?: KeptStep;
}

/** What it takes to look into a failed step's root file system. */
export interface KeptStep {
  /** The ID of an image of it, which has no name. */
  Image: string;
  Args: string[];
  Env: string[];
  WorkingDir: string;
  User: string;
}

/** `POST /build/prune`. */
export interface BuildPruneOptions {
  /** Nothing is deleted: the answer says what would be. */
  dryRun?: boolean;
  all?: boolean;
  filters: Record<string, string[]>;
  reservedSpace?: number;
  maxUsedSpace?: number;
  minFreeSpace?: number;
}

export interface BuildPruneResponse {
  CachesDeleted: string[] | null;
  SpaceReclaimed: number;
}

/**
 * What happens in a build, as BuildKit's SolveStatus tells it (`--progress=rawjson`; moby/buildkit client/graph.go): each message has
 * some of the lists, times are RFC 3339, data is base64.
 */
export interface SolveStatus {
  vertexes?: VertexStatus[];
  statuses?: TransferStatus[];
  logs?: VertexLog[];
  warnings?: BuildWarning[];
}

export interface VertexStatus {
  digest: string;
  inputs?: string[];
  name: string;
  started?: string;
  completed?: string;
  cached?: boolean;
  error?: string;
}

export interface TransferStatus {
  id: string;
  vertex: string;
  name?: string;
  current: number;
  total?: number;
  timestamp: string;
  started?: string;
  completed?: string;
}

export interface VertexLog {
  vertex: string;
  /** 1: stdout, 2: stderr. */
  stream: 1 | 2;
  /** Base64. */
  data: string;
  timestamp: string;
}

export interface BuildWarning {
  vertex: string;
  level: number;
  /** Base64, as in BuildKit. */
  short: string;
  detail?: string[];
  url?: string;
  sourceInfo?: { filename: string; data: string };
  range?: { start: { line: number; character: number }; end: { line: number; character: number } }[];
}
