import type { BlockIoLimits } from "./block-io.ts";

/** Name of the group, in a container's own, that the runtime makes and removes. */
export const leafName = "container";

/** A count by device and operation. */
export interface BlkioEntry {
  major: number;
  minor: number;
  /** `read`, `write`, `discard`; version 1 also has `sync`, `async` and `total`. */
  operation: string;
  value: number;
}

/** What a group uses now, in the words of neither version. Absent members are not counted on this host. */
export interface CgroupStats {
  /** Nanoseconds. */
  cpu: {
    usage: number;
    user: number;
    system: number;
    /** Version 1 only. */
    perCpu?: number[];
    periods: number;
    throttledPeriods: number;
    throttledTime: number;
  };
  /** Bytes. */
  memory?: {
    usage: number;
    peak?: number;
    /** Absent: none. */
    limit?: number;
    /** How often the limit was hit. */
    failures?: number;
    /** memory.stat as the kernel has it, which differs between the versions. */
    stat: Record<string, number>;
  };
  pids?: { current: number; limit?: number };
  blkio: { serviceBytes: BlkioEntry[]; serviced: BlkioEntry[] };
}

/** What a group and those that it had have used. */
export interface CgroupUsage {
  /** Bytes; absent where the kernel does not say (version 2 before Linux 5.19). */
  peakMemory?: number;
  cpuNanoseconds: number;
}

/** Limits to change: a part of the OCI runtime specification's `linux.resources`, in the same units. */
export interface CgroupResources {
  memory?: { limit?: number; reservation?: number; swap?: number };
  cpu?: {
    shares?: number;
    quota?: number;
    period?: number;
    realtimeRuntime?: number;
    realtimePeriod?: number;
    cpus?: string;
    mems?: string;
  };
  pids?: { limit: number };
  blockIO?: BlockIoLimits;
}

export interface OomWatch {
  /** Whether a process of the group was killed for want of memory; still known after the container's end. */
  happened(): Promise<boolean>;
  /** Where the kernel counts nothing that stays: what a process that outlives ours is to hold open for the next watch. */
  readonly descriptor?: number;
  close(): void;
}

/**
 * Control groups (cgroups(7)) of containers. A `group` is a container's, as a path from the hierarchy's root
 * (`/slipway/<id>`). The runtime makes it, and the leaf `container` in it that has the processes and the limits;
 * the leaf goes with the container, the group stays until `remove`, so that what was used can be read meanwhile.
 */
export interface CgroupManager {
  readonly version: 1 | 2;
  /** Process ids in the leaf and the groups below it. */
  pids(group: string): number[];
  /** Undefined when the container is gone. */
  stats(group: string): CgroupStats | undefined;
  usage(group: string): CgroupUsage | undefined;
  /** Stops every process; resolves when the last one stands still. `conflict` when there is no such group. */
  freeze(group: string, signal?: AbortSignal): Promise<void>;
  thaw(group: string, signal?: AbortSignal): Promise<void>;
  isFrozen(group: string): boolean;
  /** SIGKILL for every process, thawed if need be; resolves when none is left. */
  killAll(group: string, signal?: AbortSignal): Promise<void>;
  /** Changes what is named. `invalid` when the kernel refuses a value. */
  update(group: string, resources: CgroupResources): void;
  /**
   * To be called before the runtime is started, or for a running container. `onKill` is called for each
   * process killed, as soon as the kernel says so. With `held`, the descriptor of a former watch, which is the
   * new one's to close, also for those killed since, even if the container has ended.
   */
  watchOom(group: string, onKill: () => void, held?: number): OomWatch;
  /** Removes the group and all below it; nothing there is fine. Its processes must be gone. */
  remove(group: string): Promise<void>;
}
