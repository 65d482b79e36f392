import { existsSync, readdirSync, rmSync } from "node:fs";
import { limitBlockIoV1 } from "./block-io.ts";
import { readControl, readKeyed, readNumber, writeControl } from "./files.ts";
import {
  type BlkioEntry,
  type CgroupManager,
  type CgroupResources,
  type CgroupStats,
  type CgroupUsage,
  leafName,
  type OomWatch,
} from "./manager.ts";
import { watchOomByEvent } from "./oom-event.ts";
import { killBelow, pidsBelow, removeGroups, requireGroup, until } from "./tree.ts";

/** /proc's unit of user and system time, USER_HZ, is 100 on every architecture we run on. */
const nanosecondsInTick = 1e7;

/** One hierarchy for each controller, mounted below `root` by its name (cgroup-v1/). */
export class CgroupV1 implements CgroupManager {
  readonly version = 1;

  constructor(readonly root: string) {}

  #leaf(controller: string, group: string): string {
    return `${this.root}/${controller}${group}/${leafName}`;
  }

  pids(group: string): number[] {
    return pidsBelow(this.#leaf("freezer", group));
  }

  stats(group: string): CgroupStats | undefined {
    const cpuacct = this.#leaf("cpuacct", group);
    const usage = readNumber(`${cpuacct}/cpuacct.usage`);
    if (usage === undefined) return undefined;
    const ticks = readKeyed(`${cpuacct}/cpuacct.stat`);
    const bandwidth = readKeyed(`${this.#leaf("cpu", group)}/cpu.stat`);
    const memory = memoryStats(this.#leaf("memory", group));
    const pids = this.#leaf("pids", group);
    const current = readNumber(`${pids}/pids.current`);
    const limit = readNumber(`${pids}/pids.max`);
    return {
      cpu: {
        usage,
        user: (ticks?.user ?? 0) * nanosecondsInTick,
        system: (ticks?.system ?? 0) * nanosecondsInTick,
        perCpu: (readControl(`${cpuacct}/cpuacct.usage_percpu`) ?? "").split(" ").filter(Boolean).map(Number),
        periods: bandwidth?.nr_periods ?? 0,
        throttledPeriods: bandwidth?.nr_throttled ?? 0,
        throttledTime: bandwidth?.throttled_time ?? 0,
      },
      ...(memory === undefined ? {} : { memory }),
      ...(current === undefined ? {} : { pids: limit === undefined ? { current } : { current, limit } }),
      blkio: blkioStats(this.#leaf("blkio", group)),
    };
  }

  usage(group: string): CgroupUsage | undefined {
    const cpuNanoseconds = readNumber(`${this.root}/cpuacct${group}/cpuacct.usage`);
    const peakMemory = readNumber(`${this.root}/memory${group}/memory.max_usage_in_bytes`);
    if (cpuNanoseconds === undefined) return undefined;
    return peakMemory === undefined ? { cpuNanoseconds } : { cpuNanoseconds, peakMemory };
  }

  async freeze(group: string, signal?: AbortSignal): Promise<void> {
    const state = `${this.#leaf("freezer", group)}/freezer.state`;
    requireGroup(this.#leaf("freezer", group));
    await until(() => {
      // A process that forks meanwhile keeps the state at FREEZING: only a further write catches it.
      writeControl(state, "FROZEN", "the freezer");
      return readControl(state) !== "FREEZING";
    }, signal);
  }

  async thaw(group: string, signal?: AbortSignal): Promise<void> {
    requireGroup(this.#leaf("freezer", group));
    writeControl(`${this.#leaf("freezer", group)}/freezer.state`, "THAWED", "the freezer");
    await until(() => !this.isFrozen(group), signal);
  }

  isFrozen(group: string): boolean {
    const state = readControl(`${this.#leaf("freezer", group)}/freezer.state`);
    return state === "FROZEN" || state === "FREEZING";
  }

  async killAll(group: string, signal?: AbortSignal): Promise<void> {
    const leaf = this.#leaf("freezer", group);
    if (!existsSync(leaf)) return;
    // A frozen process dies of SIGKILL only once it is thawed.
    if (this.isFrozen(group)) await this.thaw(group, signal);
    await killBelow(leaf, signal);
  }

  update(group: string, { memory, cpu, pids, blockIO }: CgroupResources): void {
    requireGroup(this.#leaf("freezer", group));
    const set = (controller: string, file: string, value: string | number | undefined, what: string) => {
      if (value !== undefined) writeControl(`${this.#leaf(controller, group)}/${file}`, value, what);
    };
    if (memory !== undefined) this.#updateMemory(this.#leaf("memory", group), memory);
    if (cpu !== undefined) {
      set("cpu", "cpu.shares", cpu.shares || undefined, "the CPU shares");
      set("cpu", "cpu.cfs_period_us", cpu.period || undefined, "the CPU period");
      set("cpu", "cpu.cfs_quota_us", cpu.quota || undefined, "the CPU quota");
      set("cpu", "cpu.rt_period_us", cpu.realtimePeriod || undefined, "the real-time period");
      set("cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime || undefined, "the real-time run time");
      set("cpuset", "cpuset.cpus", cpu.cpus, "the CPUs");
      set("cpuset", "cpuset.mems", cpu.mems, "the memory nodes");
    }
    set("pids", "pids.max", pids && (pids.limit < 0 ? "max" : pids.limit), "the limit of processes");
    if (blockIO !== undefined) limitBlockIoV1(this.#leaf("blkio", group), blockIO);
  }

  /** The limit of memory and swap may never be below that of memory: the order depends on the direction. */
  #updateMemory(leaf: string, { limit, swap, reservation }: NonNullable<CgroupResources["memory"]>): void {
    const setLimit = () => {
      if (limit !== undefined) writeControl(`${leaf}/memory.limit_in_bytes`, limit, "the memory limit");
    };
    const setSwap = () => {
      if (swap !== undefined) writeControl(`${leaf}/memory.memsw.limit_in_bytes`, swap, "the swap limit");
    };
    const current = readNumber(`${leaf}/memory.memsw.limit_in_bytes`) ?? Number.POSITIVE_INFINITY;
    if (swap !== undefined && (swap < 0 || swap > current)) {
      setSwap();
      setLimit();
    } else {
      setLimit();
      setSwap();
    }
    if (reservation !== undefined) {
      writeControl(`${leaf}/memory.soft_limit_in_bytes`, reservation, "the memory reservation");
    }
  }

  watchOom(group: string, onKill: () => void, held?: number): OomWatch {
    return watchOomByEvent(this.#leaf("memory", group), onKill, held);
  }

  async remove(group: string): Promise<void> {
    for (const entry of readdirSync(this.root, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const directory = `${this.root}/${entry.name}${group}`;
      if (!existsSync(directory)) continue;
      // Where the unified hierarchy of a hybrid host is not mounted, the runtime leaves plain files.
      const isHierarchy = existsSync(`${this.root}/${entry.name}/cgroup.procs`);
      if (isHierarchy) await removeGroups(directory);
      else rmSync(directory, { recursive: true, force: true });
    }
  }
}

function memoryStats(leaf: string): CgroupStats["memory"] | undefined {
  const usage = readNumber(`${leaf}/memory.usage_in_bytes`);
  if (usage === undefined) return undefined;
  const peak = readNumber(`${leaf}/memory.max_usage_in_bytes`);
  const limit = readNumber(`${leaf}/memory.limit_in_bytes`);
  const failures = readNumber(`${leaf}/memory.failcnt`);
  return {
    usage,
    ...(peak === undefined ? {} : { peak }),
    ...(limit === undefined ? {} : { limit }),
    ...(failures === undefined ? {} : { failures }),
    stat: readKeyed(`${leaf}/memory.stat`) ?? {},
  };
}

function blkioStats(leaf: string): CgroupStats["blkio"] {
  // The throttling layer sees every request; a scheduler's own counts exist only while it is in charge.
  return {
    serviceBytes: parseBlkio(readControl(`${leaf}/blkio.throttle.io_service_bytes_recursive`)),
    serviced: parseBlkio(readControl(`${leaf}/blkio.throttle.io_serviced_recursive`)),
  };
}

/** Lines such as `8:0 Read 4096`; the last one is a total without a device. */
function parseBlkio(text: string | undefined): BlkioEntry[] {
  const entries: BlkioEntry[] = [];
  for (const line of text?.split("\n") ?? []) {
    const match = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line);
    if (match === null) continue;
    const [, major, minor, operation = "", value] = match;
    entries.push({
      major: Number(major),
      minor: Number(minor),
      operation: operation.toLowerCase(),
      value: Number(value),
    });
  }
  return entries;
}
