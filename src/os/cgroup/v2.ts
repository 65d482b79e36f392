import { existsSync, mkdirSync } from "node:fs";
import { Inotify, inotifyEvents } from "../inotify.ts";
import { limitBlockIoV2 } from "./block-io.ts";
import { readControl, readKeyed, readNumber, readPids, writeControl } from "./files.ts";
import {
  type BlkioEntry,
  type CgroupManager,
  type CgroupResources,
  type CgroupStats,
  type CgroupUsage,
  leafName,
  type OomWatch,
} from "./manager.ts";
import { killBelow, pidsBelow, removeGroups, requireGroup, until } from "./tree.ts";

const nanoseconds = 1000;

/** The unified hierarchy (cgroup-v2.rst). */
export class CgroupV2 implements CgroupManager {
  readonly version = 2;
  #inotify: Inotify | undefined;

  constructor(readonly root: string) {}

  #directory(group: string): string {
    return `${this.root}${group}`;
  }

  #leaf(group: string): string {
    return `${this.root}${group}/${leafName}`;
  }

  pids(group: string): number[] {
    return pidsBelow(this.#leaf(group));
  }

  stats(group: string): CgroupStats | undefined {
    const leaf = this.#leaf(group);
    const cpu = readKeyed(`${leaf}/cpu.stat`);
    if (cpu === undefined) return undefined;
    const usage = readNumber(`${leaf}/memory.current`);
    const current = readNumber(`${leaf}/pids.current`);
    return {
      cpu: {
        usage: (cpu.usage_usec ?? 0) * nanoseconds,
        user: (cpu.user_usec ?? 0) * nanoseconds,
        system: (cpu.system_usec ?? 0) * nanoseconds,
        periods: cpu.nr_periods ?? 0,
        throttledPeriods: cpu.nr_throttled ?? 0,
        throttledTime: (cpu.throttled_usec ?? 0) * nanoseconds,
      },
      ...(usage === undefined ? {} : { memory: memoryStats(leaf, usage) }),
      ...(current === undefined
        ? {}
        : { pids: { current, ...optional("limit", readNumber(`${leaf}/pids.max`)) } }),
      blkio: parseIoStat(readControl(`${leaf}/io.stat`) ?? ""),
    };
  }

  usage(group: string): CgroupUsage | undefined {
    const directory = this.#directory(group);
    const cpu = readKeyed(`${directory}/cpu.stat`);
    if (cpu === undefined) return undefined;
    return {
      cpuNanoseconds: (cpu.usage_usec ?? 0) * nanoseconds,
      ...optional("peakMemory", readNumber(`${directory}/memory.peak`)),
    };
  }

  async freeze(group: string, signal?: AbortSignal): Promise<void> {
    requireGroup(this.#leaf(group));
    writeControl(`${this.#leaf(group)}/cgroup.freeze`, 1, "the freezer");
    await until(() => this.isFrozen(group) || this.pids(group).length === 0, signal);
  }

  async thaw(group: string, signal?: AbortSignal): Promise<void> {
    requireGroup(this.#leaf(group));
    writeControl(`${this.#leaf(group)}/cgroup.freeze`, 0, "the freezer");
    await until(() => !this.isFrozen(group), signal);
  }

  isFrozen(group: string): boolean {
    return readKeyed(`${this.#leaf(group)}/cgroup.events`)?.frozen === 1;
  }

  async killAll(group: string, signal?: AbortSignal): Promise<void> {
    const leaf = this.#leaf(group);
    if (!existsSync(leaf)) return;
    if (!existsSync(`${leaf}/cgroup.kill`)) return await killBelow(leaf, signal);
    writeControl(`${leaf}/cgroup.kill`, 1, "the end of all processes");
    await until(() => readPids(`${leaf}/cgroup.procs`).length === 0, signal);
  }

  update(group: string, { memory, cpu, pids, blockIO }: CgroupResources): void {
    const leaf = this.#leaf(group);
    requireGroup(leaf);
    const set = (file: string, value: string | number | undefined, what: string) => {
      if (value !== undefined) writeControl(`${leaf}/${file}`, value, what);
    };
    if (memory !== undefined) {
      const limit = memory.limit ?? readNumber(`${leaf}/memory.max`) ?? -1;
      if (memory.swap !== undefined) {
        // The specification counts memory and swap together, version 2 swap alone.
        const swap = memory.swap < 0 || limit < 0 ? -1 : Math.max(memory.swap - limit, 0);
        set("memory.swap.max", orMax(swap), "the swap limit");
      }
      set("memory.max", orMax(memory.limit), "the memory limit");
      set("memory.low", orMax(memory.reservation), "the memory reservation");
    }
    if (cpu !== undefined) {
      if (cpu.shares) set("cpu.weight", weightOfShares(cpu.shares), "the CPU weight");
      if (cpu.quota !== undefined || cpu.period !== undefined) {
        const [quota, period] = (readControl(`${leaf}/cpu.max`) ?? "max 100000").split(" ");
        const newQuota = cpu.quota === undefined ? quota : cpu.quota > 0 ? cpu.quota : "max";
        set("cpu.max", `${newQuota} ${cpu.period || period}`, "the CPU quota and period");
      }
      set("cpuset.cpus", cpu.cpus, "the CPUs");
      set("cpuset.mems", cpu.mems, "the memory nodes");
    }
    set("pids.max", orMax(pids?.limit), "the limit of processes");
    if (blockIO !== undefined) limitBlockIoV2(leaf, blockIO);
  }

  /** memory.events counts what happened below as well, and outlives the leaf in the container's group. */
  watchOom(group: string, onKill: () => void): OomWatch {
    const events = `${this.#directory(group)}/memory.events`;
    const count = () => readKeyed(events)?.oom_kill ?? 0;
    const controllers = (readControl(`${this.root}/cgroup.controllers`) ?? "").split(" ");
    // Without the controller there are no limits, and so no kills for them.
    if (!controllers.includes("memory")) return { happened: async () => false, close: () => undefined };
    enableMemory(this.root, group);
    let seen = count();
    const look = () => {
      for (const now = count(); seen < now; seen++) onKill();
    };
    this.#inotify ??= new Inotify();
    const close = this.#inotify.watch(events, inotifyEvents.modify, look);
    return { happened: async () => count() > 0, close };
  }

  async remove(group: string): Promise<void> {
    await removeGroups(this.#directory(group));
  }
}

/** Makes the group, with the memory controller handed down to it: what the runtime would do a moment later. */
function enableMemory(root: string, group: string): void {
  mkdirSync(`${root}${group}`, { recursive: true });
  let directory = root;
  for (const name of group.split("/").slice(1)) {
    writeControl(`${directory}/cgroup.subtree_control`, "+memory", "the memory controller");
    directory = `${directory}/${name}`;
  }
}

function memoryStats(leaf: string, usage: number): NonNullable<CgroupStats["memory"]> {
  return {
    usage,
    ...optional("peak", readNumber(`${leaf}/memory.peak`)),
    ...optional("limit", readNumber(`${leaf}/memory.max`)),
    ...optional("failures", readKeyed(`${leaf}/memory.events`)?.max),
    stat: readKeyed(`${leaf}/memory.stat`) ?? {},
  };
}

/** Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`. */
function parseIoStat(text: string): CgroupStats["blkio"] {
  const serviceBytes: BlkioEntry[] = [];
  const serviced: BlkioEntry[] = [];
  const operations: Record<string, string> = { r: "read", w: "write", d: "discard" };
  for (const line of text.split("\n")) {
    const device = /^(\d+):(\d+) /.exec(line);
    if (device === null) continue;
    for (const [, letter = "", kind, value] of line.matchAll(/\b([rwd])(bytes|ios)=(\d+)/g)) {
      const operation = operations[letter] ?? letter;
      const entry = { major: Number(device[1]), minor: Number(device[2]), operation, value: Number(value) };
      (kind === "bytes" ? serviceBytes : serviced).push(entry);
    }
  }
  return { serviceBytes, serviced };
}

/** Shares of 2 to 262144 onto weights of 1 to 10000, as OCI runtimes do. */
const weightOfShares = (shares: number) => Math.floor(1 + ((shares - 2) * 9999) / 262142);

const orMax = (value: number | undefined) => (value !== undefined && value < 0 ? "max" : value);

function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
}
