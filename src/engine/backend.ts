import type * as api from "../api/index.ts";
import type { ImageOffer, OfferOptions } from "./image-offer.ts";

export type * from "./image-offer.ts";

/**
 * What the engine offers to whoever speaks for users: `server/` calls these verbs and nothing else of the
 * engine. References (`ref`) are what users type: a name with or without a leading `/`, a full id, or an
 * unambiguous prefix of one. Failures are SlipwayErrors. Wire types are Docker's, always of the newest
 * API version; `server/` turns them into what an older version looked like.
 */
export interface Backend {
  readonly containers: ContainerVerbs;
  readonly execs: ExecVerbs;
  readonly images: ImageVerbs;
  readonly registries: RegistryVerbs;
  readonly networks: NetworkVerbs;
  readonly volumes: VolumeVerbs;
  readonly volumeCopies: VolumeCopyVerbs;
  readonly system: SystemVerbs;
  readonly store: StoreVerbs;
  readonly builds: BuildVerbs;
}

/** A byte sink with a bounded buffer: `write` answers false when it is full, `drained` waits for room. */
export interface Sink {
  write(chunk: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Whether it has no more use for the memory of the chunks it has taken. Without it, chunks never change. */
  empty?(): boolean;
}

/** A client's end of a hijacked connection. */
export interface AttachStreams {
  /** Absent when the client sends no input. Ends at the client's half-close. */
  readonly input?: AsyncIterable<Uint8Array>;
  readonly output: Sink;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export interface AttachOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  /** Replay what the log has. */
  logs: boolean;
  /** Go on with what comes. */
  stream: boolean;
  detachKeys?: string;
  /** Without a TTY, output is framed unless the client asked for bare bytes (attach/ws). */
  framing?: "auto" | "raw";
}

export interface LogsOptions {
  stdout: boolean;
  stderr: boolean;
  follow: boolean;
  /** Nanoseconds since the epoch. */
  since?: bigint;
  until?: bigint;
  /** Absent: all. */
  tail?: number;
  timestamps: boolean;
  details: boolean;
}

export type WaitCondition = "not-running" | "next-exit" | "removed";

export interface ListContainersOptions {
  all?: boolean;
  limit?: number;
  size?: boolean;
  filters?: api.Filters;
}

export interface ContainerVerbs {
  /** With `readOnlyRecursive` false, what is mounted below a read-only `-v` stays as writable as it is. */
  create(
    request: api.ContainerCreateRequest,
    options: { name?: string; platform?: string; readOnlyRecursive?: boolean },
  ): Promise<api.ContainerCreateResponse>;
  list(options: ListContainersOptions): Promise<api.ContainerSummary[]>;
  inspect(ref: string, options?: { size?: boolean }): Promise<api.ContainerInspect>;
  top(ref: string, psArgs: string): Promise<api.ContainerTopResponse>;
  /** Answers the content type with the stream: framed unless the container has a TTY. */
  logs(ref: string, options: LogsOptions, signal: AbortSignal): Promise<FramedStream>;
  changes(ref: string): Promise<api.FilesystemChange[]>;
  export(ref: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** One sample, or (stream) one each second. `oneShot` skips the wait for a second sample to compare with. */
  stats(
    ref: string,
    options: { stream: boolean; oneShot: boolean },
    signal: AbortSignal,
  ): Promise<AsyncIterable<api.ContainerStats>>;
  resize(ref: string, size: { height: number; width: number }): Promise<void>;
  start(ref: string, options?: { detachKeys?: string }): Promise<void>;
  /** `timeout` in seconds; -1 waits for ever; absent: the container's own. */
  stop(ref: string, options: { timeout?: number; signal?: string }): Promise<void>;
  restart(ref: string, options: { timeout?: number; signal?: string }): Promise<void>;
  kill(ref: string, signal?: string): Promise<void>;
  /** Ours: changes what is published, at once while it runs. `conflict` for a port that is taken. */
  updatePorts(ref: string, request: api.PortsUpdateRequest): Promise<api.PortsUpdateResponse>;
  update(ref: string, request: api.ContainerUpdateRequest): Promise<{ Warnings: string[] }>;
  rename(ref: string, name: string): Promise<void>;
  pause(ref: string): Promise<void>;
  unpause(ref: string): Promise<void>;
  /** Checks the container and answers how its output is framed; `run` then does the copying. */
  attach(ref: string, options: AttachOptions): Promise<PreparedStream>;
  /** Resolves at once with a promise: headers go out before the container ends. */
  wait(
    ref: string,
    condition: WaitCondition,
    signal: AbortSignal,
  ): Promise<{ result: Promise<api.ContainerWaitResponse> }>;
  remove(ref: string, options: { volumes?: boolean; force?: boolean; link?: boolean }): Promise<void>;
  prune(filters: api.Filters): Promise<api.ContainersPruneResponse>;
  statPath(ref: string, path: string, signal: AbortSignal): Promise<api.ContainerPathStat>;
  /** `matches` of a path that is a pattern: of how many files the archive is; 0 otherwise. */
  getArchive(
    ref: string,
    path: string,
    signal: AbortSignal,
  ): Promise<{ stat: api.ContainerPathStat; matches: number; tar: AsyncIterable<Uint8Array> }>;
  putArchive(
    ref: string,
    path: string,
    tar: AsyncIterable<Uint8Array>,
    options: { noOverwriteDirNonDir: boolean; copyUIDGID: boolean },
    signal: AbortSignal,
  ): Promise<void>;
  commit(options: CommitOptions): Promise<api.IdResponse>;
}

export interface CommitOptions {
  container: string;
  repo?: string;
  tag?: string;
  comment?: string;
  author?: string;
  pause: boolean;
  /** Dockerfile instructions. */
  changes: string[];
  config?: api.ContainerConfig;
}

/** Bytes for one client: `multiplexed` has the 8-byte stream headers, `raw` has none. */
export interface FramedStream {
  framing: "raw" | "multiplexed";
  chunks: AsyncIterable<Uint8Array>;
}

export interface PreparedStream {
  framing: "raw" | "multiplexed";
  /** Copies until the output ends, the client detaches or goes away. */
  run(streams: AttachStreams): Promise<void>;
}

export interface ExecVerbs {
  create(container: string, request: api.ExecCreateRequest): Promise<api.IdResponse>;
  /** Checks the exec and the container's state; `run` then starts it and copies. */
  prepare(id: string, request: api.ExecStartRequest): Promise<PreparedStream>;
  startDetached(id: string, request: api.ExecStartRequest): Promise<void>;
  resize(id: string, size: { height: number; width: number }): Promise<void>;
  inspect(id: string): Promise<api.ExecInspect>;
}

/** What to pull: `ref` with a tag or digest, or, with `allTags`, a repository. */
export interface PullOptions {
  ref: string;
  allTags?: boolean;
  /** `os/architecture[/variant]`; absent: this host's, or what the image has if that is but one. */
  platform?: string;
  auth?: api.AuthConfig;
}

export interface PushOptions {
  /** Without a tag: all tags of the repository. */
  ref: string;
  allTags?: boolean;
  /** Of an image for several platforms only this one. */
  platform?: string;
  auth?: api.AuthConfig;
}

/** What base image to make. */
export interface BootstrapOptions {
  /** `busybox`, or a distribution and its suite or version: `debian:bookworm`, `debian:12-slim`, `ubuntu:24.04`. */
  ref: string;
  /** The image's name, when it shall have another. */
  tag?: string;
  /** `minbase`, `slim` or `buildd`. */
  variant?: string;
  /** URL of the distribution's archive, instead of the configured one. */
  mirror?: string;
  /** Packages to install, too; each text may name several, with commas between. */
  include?: string[];
}

/** Verbs about registries, which leave no image behind, and about being one. */
export interface RegistryVerbs {
  /** Tries credentials out. `unauthorized` when the registry refuses them. */
  login(auth: api.AuthConfig, signal: AbortSignal): Promise<api.AuthResponse>;
  /** What a registry has under a name at the moment. */
  distribution(
    ref: string,
    auth: api.AuthConfig | undefined,
    signal: AbortSignal,
  ): Promise<api.DistributionInspect>;
  search(
    term: string,
    options: { limit?: number; filters?: api.Filters; auth?: api.AuthConfig },
    signal: AbortSignal,
  ): Promise<api.SearchResult[]>;
  /** Ours: the images of this host as a registry has them. `invalid` for a prefix that no repository can have. */
  offer(options: OfferOptions): ImageOffer;
}

export interface ImageVerbs {
  list(options: {
    all?: boolean;
    filters?: api.Filters;
    sharedSize?: boolean;
    manifests?: boolean;
  }): Promise<api.ImageSummary[]>;
  /** Of an image for several platforms the `platform`'s; by default the host's, or the first. */
  inspect(ref: string, options?: { platform?: string; manifests?: boolean }): Promise<api.ImageInspect>;
  history(ref: string, options?: { platform?: string }): Promise<api.ImageHistoryItem[]>;
  tag(ref: string, repo: string, tag?: string): Promise<void>;
  /** With `platforms` only the images for these. */
  remove(
    ref: string,
    options: { force?: boolean; noprune?: boolean; platforms?: readonly string[] },
  ): Promise<api.ImageDeleteItem[]>;
  prune(filters: api.Filters): Promise<api.ImagesPruneResponse>;
  /** A Docker archive that is an OCI layout too, as docker save writes. Without `platforms` all that are here. */
  save(
    refs: string[],
    options: { platforms?: readonly string[] },
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
  /** Without `platforms` all that are in the archive. */
  load(
    archive: AsyncIterable<Uint8Array>,
    options: { platforms?: readonly string[] },
    signal: AbortSignal,
  ): AsyncIterable<api.ProgressMessage>;
  import(
    archive: AsyncIterable<Uint8Array>,
    options: { repo?: string; tag?: string; message?: string; changes: string[]; platform?: string },
    signal: AbortSignal,
  ): AsyncIterable<api.ProgressMessage>;
  /**
   * Resolves when the registry has said what the name means: a name that is not there or not allowed is an error
   * before the first message. An abort cancels the work.
   */
  pull(options: PullOptions, signal: AbortSignal): Promise<AsyncIterable<api.ProgressMessage>>;
  /** The last message of each tag carries `aux: {Tag, Digest, Size}`. */
  push(options: PushOptions, signal: AbortSignal): Promise<AsyncIterable<api.ProgressMessage>>;
  /** Ours: makes a base image without a registry. `unavailable` when this host or the mirror lacks what it needs. */
  bootstrap(options: BootstrapOptions, signal: AbortSignal): AsyncIterable<api.ProgressMessage>;
}

export interface InspectNetworkOptions {
  /** With the rules of the packet filter that serve it. */
  verbose?: boolean;
  /** Networks of another scope than this are not found. */
  scope?: string;
}

export interface NetworkVerbs {
  list(filters: api.Filters): Promise<api.NetworkInspect[]>;
  inspect(ref: string, options?: InspectNetworkOptions): Promise<api.NetworkInspect & api.NetworkVerbose>;
  /** `conflict` for a name that another network has, `forbidden` for a subnet. */
  create(request: api.NetworkCreateRequest): Promise<api.NetworkCreateResponse>;
  /** `forbidden` while a running container is on it. */
  remove(ref: string): Promise<void>;
  connect(ref: string, request: api.NetworkConnectRequest): Promise<void>;
  disconnect(ref: string, request: api.NetworkDisconnectRequest): Promise<void>;
  /** Removes the networks that no running container is on. */
  prune(filters: api.Filters): Promise<api.NetworksPruneResponse>;
  /** Ours: networks, containers, ports and who reaches whom. */
  graph(): Promise<api.NetworkGraph>;
  /** Ours: tests the path from a container to a target, hop by hop. */
  diagnose(request: api.NetworkDoctorRequest, signal: AbortSignal): Promise<api.NetworkDoctorReport>;
}

export interface VolumeVerbs {
  list(filters: api.Filters): Promise<api.VolumeListResponse>;
  inspect(name: string): Promise<api.Volume>;
  create(request: api.VolumeCreateRequest): Promise<api.Volume>;
  remove(name: string, options: { force?: boolean }): Promise<void>;
  prune(filters: api.Filters): Promise<api.VolumesPruneResponse>;
}

/** Ours: whole volumes. With `pause` the running containers that use the source are paused meanwhile. */
export interface VolumeCopyVerbs {
  /** Containers that use it go on with it. `invalid` for a plugin's, `conflict` for a name that is taken. */
  rename(name: string, to: string): Promise<void>;
  clone(name: string, to: string, options: { pause: boolean }, signal: AbortSignal): Promise<string>;
  snapshot(
    name: string,
    snapshot: string | undefined,
    options: { pause: boolean },
    signal: AbortSignal,
  ): Promise<api.VolumeSnapshot>;
  snapshots(name: string): Promise<api.VolumeSnapshot[]>;
  removeSnapshot(name: string, snapshot: string): Promise<void>;
  /** `conflict` while a running container uses it. */
  restore(name: string, snapshot: string, signal: AbortSignal): Promise<void>;
  export(
    name: string,
    options: { pause: boolean; zstd: boolean },
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
  /** Makes the volume if there is none. `conflict` for one that has files, unless they are to be replaced. */
  import(
    name: string,
    tar: AsyncIterable<Uint8Array>,
    options: { replace: boolean },
    signal: AbortSignal,
  ): Promise<void>;
}

export interface SystemVerbs {
  version(): Promise<api.VersionResponse>;
  info(): Promise<api.InfoResponse>;
  events(
    options: { since?: bigint; until?: bigint; filters: api.Filters },
    signal: AbortSignal,
  ): AsyncIterable<api.EventMessage>;
  diskUsage(types?: ("container" | "image" | "volume" | "build-cache")[]): Promise<api.DiskUsageResponse>;
}

export interface CheckOptions {
  /** Mends what can be mended and deletes leftovers; without, everything stays as it is. */
  repair?: boolean;
  /** Presence and sizes only: nothing is read. */
  quick?: boolean;
  /** Unpacked files are read, too, and not only looked at. */
  deep?: boolean;
}

export interface CollectOptions {
  dryRun?: boolean;
  /** How much is to be free afterwards: bytes, or a share of the file system such as `20%`. Absent: as configured. */
  free?: string;
  /** Images with a tag may go as well; absent: as configured. */
  unused?: boolean;
}

export interface PrunePreviewOptions {
  containers?: boolean;
  networks?: boolean;
  volumes?: boolean;
  images?: boolean;
  filters: api.Filters;
}

/** Ours: what is stored, all of it, and how it is kept clean. */
export interface StoreVerbs {
  /** Verifies everything below the data root. The messages' `aux` is a StoreCheckAux. */
  check(options: CheckOptions, signal: AbortSignal): AsyncIterable<api.ProgressMessage>;
  usage(signal: AbortSignal): Promise<api.StoreUsage>;
  /** What the prunes of these nouns, one after the other, would delete. */
  previewPrune(options: PrunePreviewOptions): Promise<api.PrunePreview>;
  /** Makes room, least recently used images first. */
  collect(options: CollectOptions, signal: AbortSignal): Promise<api.CollectReport>;
  imageTree(): Promise<api.ImageTree>;
  /** Lines of JSON, an ImageDifference each. */
  imageDiff(from: string, to: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/** Builds of images from Dockerfiles. */
export interface BuildVerbs {
  /**
   * Builds. The last message is the result or the error; what is thrown, is before the first one. An abort, and whoever stops
   * to read, cancel the build.
   */
  build(
    request: api.BuildRequest,
    archive: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncIterable<api.BuildMessage>;
  /** What an output has for the client, once, while the build waits for that. `notFound` without such a build or output. */
  output(build: string, index: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Ends a build. */
  cancel(build: string): void;
  usage(filters: api.Filters): Promise<api.BuildCacheRecord[]>;
  prune(options: api.BuildPruneOptions): Promise<api.BuildPruneResponse>;
}

/** Who builds for an engine; opened after the engine's rooms, and closed before them. */
export interface Builds {
  readonly verbs: BuildVerbs;
  /** Returns when nothing is being built any more. */
  close(): Promise<void>;
}
