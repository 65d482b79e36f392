import type { ContainerConfig, EndpointSettings, HostConfig, MountPoint, PortMap } from "../../api/index.ts";
import type { Endpoint, PublishedPort } from "../../network/index.ts";

/** What is durable of a container: one row of the metastore, written before a verb is acknowledged. */
export interface ContainerRecord {
  readonly id: string;
  /** Without the leading slash. */
  name: string;
  /** RFC3339Nano. */
  readonly created: string;
  readonly image: {
    /** As the user named it at create: `busybox`, a digest, an id prefix. */
    reference: string;
    /** Digest of the image's config. */
    id: string;
    /** Chain ID of the image's layers; absent for an image without layers. */
    chainId?: string;
  };
  platform: string;
  /** The image's config merged with the request: what the process is made from. */
  config: ContainerConfig;
  hostConfig: HostConfig;
  path: string;
  args: string[];
  mounts: ContainerMount[];
  /** Networks by name, with what the user asked of each. */
  endpoints: Record<string, EndpointSettings>;
  state: RecordedState;
  restartCount: number;
  /** The user stopped it: `unless-stopped` keeps it down at the engine's next start. */
  manuallyStopped: boolean;
  removing: boolean;
}

export interface RecordedState {
  status: "created" | "starting" | "running" | "paused" | "restarting" | "exited" | "dead";
  exitCode: number;
  error: string;
  oomKilled: boolean;
  /** RFC3339Nano; `0001-01-01T00:00:00Z` for never. */
  startedAt: string;
  finishedAt: string;
  /** The process with id 1 in the container, on the host; 0 when none runs. */
  initPid: number;
  /** Field 22 of /proc/PID/stat: tells a reused pid from the one that was started. */
  startTicks: number;
  /** Paused by the engine for the time of its own work: the next engine lets it go on if this one is killed. */
  pausedForWork?: boolean;
  /** While running: what the network gave it. */
  network?: RecordedNetwork;
  usage?: { peakMemory: number; cpuNanoseconds: number };
}

export interface RecordedNetwork {
  sandboxId: string;
  published: PublishedPort[];
  /** By the network's name. */
  endpoints: Record<string, Endpoint>;
  ports: PortMap;
}

/** What a bind or volume mount does to its source's files before the container sees them. */
export interface SourceChanges {
  /** `uid=`, `gid=`: ids in the container that stand for the source's owner and group, and the other way round. */
  owner?: { uid?: number; gid?: number };
  /** `U`: the source is given to the container's user. */
  chown?: boolean;
  /** `O`: what the container writes stays with it and is not seen in the source. */
  overlay?: boolean;
}

/** A mount as resolved at create: what inspect shows, and what the kernel is to be told. */
export interface ContainerMount extends SourceChanges {
  point: MountPoint;
  /** mount(8) options for the runtime, such as `rbind`, `ro`, `rprivate`, `size=64m`. */
  options: string[];
  /** A volume that did not name `nocopy`: filled from the image when it is empty at first use. */
  copyUp?: boolean;
  /** Path inside the volume or image. */
  subpath?: string;
  /** Anonymous volumes go with the container when it is removed with `-v` or `--rm`. */
  anonymous?: boolean;
  /** `--mount type=image`: the image to mount, as it was at create. */
  image?: { id: string; chainId?: string };
  /** Bind sources of the `-v` form are made when missing. */
  createSource?: boolean;
}

export const never = "0001-01-01T00:00:00Z";
