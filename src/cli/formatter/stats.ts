import type { ContainerStats } from "../../api/index.ts";
import type { Listing } from "./render.ts";
import { binarySize, shortSize } from "./size.ts";
import { shortId } from "./text.ts";

/** A container's last sample; undefined before the first one came and after the container ended. */
export interface StatsRow {
  container: string;
  name: string;
  id: string;
  sample: ContainerStats | undefined;
}

const none = "--";

/** The columns of `stats`. */
export function statsListing(truncate: boolean): Listing<StatsRow> {
  return {
    typeName: "*container.statsContext",
    table:
      "table {{.ID}}\\t{{.Name}}\\t{{.CPUPerc}}\\t{{.MemUsage}}\\t{{.MemPerc}}\\t{{.NetIO}}\\t{{.BlockIO}}\\t{{.PIDs}}",
    headings: {
      ...{ Container: "CONTAINER", Name: "NAME", ID: "CONTAINER ID", CPUPerc: "CPU %" },
      ...{
        MemUsage: "MEM USAGE / LIMIT",
        MemPerc: "MEM %",
        NetIO: "NET I/O",
        BlockIO: "BLOCK I/O",
        PIDs: "PIDS",
      },
    },
    row: ({ container, name, id, sample }) => ({
      Container: container,
      Name: name.replace(/^\//, "") || none,
      ID: truncate ? shortId(id) : id,
      ...(sample === undefined ? missing : measures(sample)),
    }),
  };
}

const missing = { CPUPerc: none, MemUsage: "-- / --", MemPerc: none, NetIO: none, BlockIO: none, PIDs: none };

function measures(sample: ContainerStats) {
  const used = memoryUsed(sample);
  const limit = sample.memory_stats.limit ?? 0;
  const [received, sent] = network(sample);
  const [read, written] = blockIo(sample);
  return {
    CPUPerc: percent(cpuPercent(sample)),
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    MemPerc: percent(limit === 0 ? 0 : (used / limit) * 100),
    NetIO: `${shortSize(received)} / ${shortSize(sent)}`,
    BlockIO: `${shortSize(read)} / ${shortSize(written)}`,
    PIDs: String(sample.pids_stats.current ?? 0),
  };
}

const percent = (value: number) => `${value.toFixed(2)}%`;

/** Percent of one CPU since the sample before. */
export function cpuPercent({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  const own = now.cpu_usage.total_usage - (before.cpu_usage?.total_usage ?? 0);
  const system = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const cpus = now.online_cpus || (now.cpu_usage.percpu_usage?.length ?? 0);
  return own > 0 && system > 0 ? (own / system) * cpus * 100 : 0;
}

/** What is in use without the page cache that the kernel can take back at once. */
function memoryUsed({ memory_stats: memory }: ContainerStats): number {
  const usage = memory.usage ?? 0;
  const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
  return cache < usage ? usage - cache : usage;
}

function network(sample: ContainerStats): [received: number, sent: number] {
  const all = Object.values(sample.networks ?? {});
  return [all.reduce((sum, one) => sum + one.rx_bytes, 0), all.reduce((sum, one) => sum + one.tx_bytes, 0)];
}

function blockIo(sample: ContainerStats): [read: number, written: number] {
  const entries = sample.blkio_stats.io_service_bytes_recursive ?? [];
  const sum = (letter: string) =>
    entries
      .filter(({ op }) => op.toLowerCase().startsWith(letter))
      .reduce((total, { value }) => total + value, 0);
  return [sum("r"), sum("w")];
}
