import type * as api from "../api/index.ts";
import type { EventBus } from "../events/index.ts";
import type { NameService, Networks } from "../network/index.ts";
import type { CgroupManager } from "../os/cgroup/index.ts";
import type { Runtime } from "../runtime/index.ts";
import type { Volumes } from "../volumes/index.ts";
import type { CommitOptions } from "./backend.ts";
import type { Background } from "./background.ts";
import type { EngineConfig } from "./config/index.ts";
import type { ContainerRecord } from "./container/record.ts";
import type { RootFilesystems } from "./container/rootfs.ts";
import type { ContainerStore } from "./container/store.ts";
import type { ExecStore } from "./exec/store.ts";
import type { FileTrees } from "./files.ts";
import type { HostFacts } from "./host/index.ts";
import type { Log } from "./log.ts";
import type { NetworkStore } from "./network/store.ts";
import type { Paths } from "./paths.ts";
import type { VolumeRenames } from "./volume/renames.ts";

/** What a container is made from. */
export interface ResolvedImage {
  /** Digest of its config. */
  id: string;
  config: api.ContainerConfig;
  /** Absent for an image without layers. */
  chainId?: string;
  os: string;
  architecture: string;
}

/** What containers need to know of images. */
export interface ImageLookup {
  /** By reference, id or prefix of an id. `notFound` when there is none. */
  resolve(reference: string, platform?: string): Promise<ResolvedImage>;
  /** Of the manifest, when the image has one. */
  descriptor(id: string): api.ImageDescriptor | undefined;
  /** The image that a reference means, by id, and all that were made from it; none when it is unknown. */
  descendants(reference: string): string[];
  /** The reference a container was made from while it still means the same image; its id otherwise. */
  currentName(image: ContainerRecord["image"]): string;
  /** Makes an image of a container's snapshot and configuration; answers its id, and its name if it got one. */
  commit(record: ContainerRecord, options: CommitOptions): Promise<{ id: string; reference?: string }>;
}

/** The engine as its verbs see it: the rooms, and what the verbs share. */
export interface EngineContext {
  /** Tells this engine from others, also after restarts. */
  readonly id: string;
  readonly config: EngineConfig;
  readonly host: HostFacts;
  readonly log: Log;
  readonly paths: Paths;
  readonly events: EventBus;
  readonly background: Background;
  readonly containers: ContainerStore;
  readonly execs: ExecStore;
  readonly images: ImageLookup;
  readonly rootfs: RootFilesystems;
  readonly files: FileTrees;
  readonly volumes: Volumes;
  readonly volumeRenames: VolumeRenames;
  readonly network: Networks;
  readonly networks: NetworkStore;
  readonly names: NameService;
  readonly cgroups: CgroupManager;
  /** By name. */
  readonly runtimes: ReadonlyMap<string, Runtime>;
  /** The engine is going down: what ends now is not started again. */
  shuttingDown: boolean;
  /** The engine has let go of its containers: what ends now is the next engine's to account for. */
  closed: boolean;
}
