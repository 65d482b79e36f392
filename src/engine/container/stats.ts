import { readFileSync } from "node:fs";
import type * as api from "../../api/index.ts";
import { errnoOf } from "../../errors/index.ts";
import type { BlkioEntry, CgroupStats } from "../../os/cgroup/index.ts";
import { nowNanoseconds, rfc3339Nano } from "../../os/clock.ts";
import type { EngineContext } from "../context.ts";
import { cgroupOf } from "./cgroup.ts";
import type { Container } from "./container.ts";
import { never } from "./record.ts";

const interval = 1000;
const nanosecondsPerTick = 1e9 / 100;

const emptyCpu: api.CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

/**
 * What a container uses: one sample, or one each second. A single one is preceded by another that it can be
 * compared with, unless `oneShot`. A container that does not run has an empty sample.
 */
export async function containerStats(
  engine: EngineContext,
  ref: string,
  options: { stream: boolean; oneShot: boolean },
  signal: AbortSignal,
): Promise<AsyncIterable<api.ContainerStats>> {
  return samples(engine, engine.containers.find(ref), options, signal);
}

async function* samples(
  engine: EngineContext,
  container: Container,
  { stream, oneShot }: { stream: boolean; oneShot: boolean },
  signal: AbortSignal,
): AsyncGenerator<api.ContainerStats> {
  let previous: api.ContainerStats | undefined;
  if (!stream && !oneShot && container.record.state.initPid !== 0) {
    previous = sample(engine, container);
    await Bun.sleep(interval);
  }
  while (!signal.aborted && !container.deleted) {
    const current = sample(engine, container);
    yield previous === undefined
      ? current
      : { ...current, preread: previous.read, precpu_stats: previous.cpu_stats };
    if (!stream) return;
    previous = current;
    await Bun.sleep(interval);
  }
}

function sample(engine: EngineContext, container: Container): api.ContainerStats {
  const { record } = container;
  const used = record.state.initPid === 0 ? undefined : engine.cgroups.stats(cgroupOf(engine, record));
  const base: api.ContainerStats = {
    id: record.id,
    name: `/${record.name}`,
    read: used === undefined ? never : rfc3339Nano(nowNanoseconds()),
    preread: never,
    num_procs: 0,
    pids_stats: {},
    blkio_stats: blkio(undefined),
    storage_stats: {},
    cpu_stats: emptyCpu,
    precpu_stats: emptyCpu,
    memory_stats: {},
  };
  if (used === undefined) return base;
  const networks = networkStats(record.state.initPid, record.hostConfig.NetworkMode);
  return {
    ...base,
    pids_stats: used.pids ?? {},
    blkio_stats: blkio(used),
    cpu_stats: { ...cpu(used), ...systemCpu() },
    memory_stats: memory(used, engine.host.memoryTotal),
    ...(networks === undefined ? {} : { networks }),
  };
}

function cpu({ cpu: used }: CgroupStats): api.CpuStats {
  return {
    cpu_usage: {
      total_usage: used.usage,
      usage_in_kernelmode: used.system,
      usage_in_usermode: used.user,
      ...(used.perCpu === undefined ? {} : { percpu_usage: used.perCpu }),
    },
    throttling_data: {
      periods: used.periods,
      throttled_periods: used.throttledPeriods,
      throttled_time: used.throttledTime,
    },
  };
}

/** The whole machine's CPU time so far, in nanoseconds (proc_stat(5)). */
function systemCpu(): { system_cpu_usage: number; online_cpus: number } {
  const lines = readFileSync("/proc/stat", "latin1").split("\n");
  const fields = (lines[0] ?? "").split(/\s+/).slice(1, 8).map(Number);
  const ticks = fields.reduce((sum, value) => sum + value, 0);
  const online_cpus = lines.filter((line) => /^cpu\d/.test(line)).length;
  return { system_cpu_usage: ticks * nanosecondsPerTick, online_cpus };
}

function memory({ memory: used }: CgroupStats, machine: number): api.ContainerStats["memory_stats"] {
  if (used === undefined) return {};
  return {
    usage: used.usage,
    limit: Math.min(used.limit ?? machine, machine),
    stats: used.stat,
    ...(used.peak === undefined ? {} : { max_usage: used.peak }),
    ...(used.failures === undefined ? {} : { failcnt: used.failures }),
  };
}

function blkio(used: CgroupStats | undefined): Record<string, api.BlkioStatEntry[] | null> {
  const entries = (list: BlkioEntry[] | undefined) =>
    list?.length ? list.map(({ operation: op, ...entry }) => ({ ...entry, op })) : null;
  return {
    io_service_bytes_recursive: entries(used?.blkio.serviceBytes),
    io_serviced_recursive: entries(used?.blkio.serviced),
    io_queue_recursive: null,
    io_service_time_recursive: null,
    io_wait_time_recursive: null,
    io_merged_recursive: null,
    io_time_recursive: null,
    sectors_recursive: null,
  };
}

/** Counters of each interface but the loopback (proc_pid_net(5), `dev`). The host's own are not the container's. */
function networkStats(pid: number, mode: string | undefined): api.ContainerStats["networks"] {
  if (mode === "host") return undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/net/dev`, "latin1");
  } catch (error) {
    if (["ENOENT", "ESRCH", "EINVAL"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
  const result: NonNullable<api.ContainerStats["networks"]> = {};
  for (const line of text.split("\n")) {
    const [name = "", counters] = line.split(":");
    if (counters === undefined || name.trim() === "lo") continue;
    const numbers = counters.trim().split(/\s+/).map(Number);
    const at = (index: number) => numbers[index] ?? 0;
    result[name.trim()] = {
      rx_bytes: at(0),
      rx_packets: at(1),
      rx_errors: at(2),
      rx_dropped: at(3),
      tx_bytes: at(8),
      tx_packets: at(9),
      tx_errors: at(10),
      tx_dropped: at(11),
    };
  }
  return Object.keys(result).length > 0 ? result : undefined;
}
