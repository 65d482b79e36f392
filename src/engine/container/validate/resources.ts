import type { Resources } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";
import type { HostFacts } from "../../host/index.ts";

/** Below this no process starts reliably; Docker's bound. */
const leastMemory = 6 << 20;

/**
 * Checks limits and adjusts `asked` in place: a limit that this kernel does not offer is dropped with a
 * warning, an impossible one is an error. For `update`, only what is named counts.
 */
export function validateResources(
  asked: Resources,
  host: HostFacts,
  warnings: string[],
  { update }: { update: boolean },
): void {
  memory(asked, host, warnings, update);
  processor(asked, host, warnings);
  cpuset(asked, host, warnings);
  blockIO(asked, host, warnings);
  if (asked.PidsLimit && !host.cgroup.pids) {
    warnings.push(
      "Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.",
    );
    asked.PidsLimit = null;
  }
  for (const { Name, Soft, Hard } of asked.Ulimits ?? []) {
    if (!(Name in host.rlimits)) throw invalid(`invalid ulimit type: ${Name}`);
    if (Hard !== -1 && (Soft > Hard || Soft === -1)) {
      throw invalid(`ulimit soft limit must be less than or equal to hard limit: ${Soft} > ${Hard}`);
    }
    const ceiling = host.rlimits[Name]?.hard ?? -1;
    if (ceiling >= 0 && (Hard > ceiling || Hard === -1) && !host.capabilities.includes("CAP_SYS_RESOURCE")) {
      warnings.push(
        `The engine may not raise limits: ${Name} is lowered to this host's hard limit of ${ceiling}.`,
      );
    }
  }
}

function memory(asked: Resources, host: HostFacts, warnings: string[], update: boolean): void {
  const { cgroup } = host;
  if (asked.MemorySwappiness === -1) asked.MemorySwappiness = null;
  if (asked.Memory && asked.Memory < leastMemory) throw invalid("Minimum memory limit allowed is 6MB");
  if (asked.Memory && !cgroup.memory) {
    warnings.push(
      "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.",
    );
    asked.Memory = 0;
    asked.MemorySwap = -1;
  }
  if (asked.Memory && asked.MemorySwap !== -1 && !cgroup.swap) {
    warnings.push(
      "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
    );
    asked.MemorySwap = -1;
  }
  const { Memory: limit = 0, MemorySwap: swap = 0, MemoryReservation: reservation = 0 } = asked;
  if (limit > 0 && swap > 0 && swap < limit) {
    throw invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
  }
  if (limit === 0 && swap > 0 && !update) {
    throw invalid("You should always set the Memory limit when using Memoryswap limit, see usage");
  }
  if (limit > 0 && swap === 0 && !update) asked.MemorySwap = limit * 2;
  if (typeof asked.MemorySwappiness === "number") {
    if (asked.MemorySwappiness < 0 || asked.MemorySwappiness > 100) {
      throw invalid(`Invalid value: ${asked.MemorySwappiness}, valid memory swappiness range is 0-100`);
    }
    if (!cgroup.swappiness) {
      warnings.push(
        "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
      );
      asked.MemorySwappiness = null;
    }
  }
  if (reservation > 0 && reservation < leastMemory)
    throw invalid("Minimum memory reservation allowed is 6MB");
  if (limit > 0 && limit < reservation) {
    throw invalid("Minimum memory limit can not be less than memory reservation limit, see usage");
  }
  if (asked.OomKillDisable && !cgroup.oomKillDisable) {
    warnings.push("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
    asked.OomKillDisable = null;
  } else if (asked.OomKillDisable && !asked.Memory) {
    warnings.push(
      "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.",
    );
  }
}

function processor(asked: Resources, host: HostFacts, warnings: string[]): void {
  const { NanoCpus: nano = 0, CpuPeriod: period = 0, CpuQuota: quota = 0 } = asked;
  if (nano !== 0 && period > 0)
    throw invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
  if (nano !== 0 && quota > 0)
    throw invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
  if (nano < 0 || nano > host.cpuCount * 1e9) {
    throw invalid(
      `range of CPUs is from 0.01 to ${host.cpuCount}.00, as there are only ${host.cpuCount} CPUs available`,
    );
  }
  if (nano > 0 && !host.cgroup.cfs) {
    throw invalid(
      "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted",
    );
  }
  if (period !== 0 && (period < 1000 || period > 1_000_000)) {
    throw invalid("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  }
  if (quota > 0 && quota < 1000) throw invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  if ((asked.CpuShares ?? 0) < 0)
    throw invalid(`invalid CPU shares (${asked.CpuShares}): value must be a positive integer`);
  if ((asked.CpuRealtimePeriod || asked.CpuRealtimeRuntime) && !host.cgroup.realtime) {
    throw invalid("Your kernel does not support CPU real-time scheduler");
  }
  if (asked.CpuPercent) {
    warnings.push("linux does not support CPU percent. Percent discarded.");
    asked.CpuPercent = 0;
  }
}

/** `0-2,4` as a set; undefined when it is not of that form. */
export function parseCpuList(text: string): Set<number> | undefined {
  const result = new Set<number>();
  for (const part of text.split(",").filter((word) => word !== "")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match === null) return undefined;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (to < from || to > 8191) return undefined;
    for (let number = from; number <= to; number++) result.add(number);
  }
  return result;
}

function cpuset(asked: Resources, host: HostFacts, warnings: string[]): void {
  if ((asked.CpusetCpus || asked.CpusetMems) && !host.cgroup.cpuset) {
    warnings.push("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
    asked.CpusetCpus = "";
    asked.CpusetMems = "";
  }
  available(asked.CpusetCpus ?? "", host.cpusOnline, "cpuset cpus", "CPUs");
  available(asked.CpusetMems ?? "", host.memoryNodes, "cpuset mems", "memory nodes");
}

function available(asked: string, offered: string, what: string, noun: string): void {
  const wanted = parseCpuList(asked);
  if (wanted === undefined) throw invalid(`Invalid value ${asked} for ${what}`);
  const present = parseCpuList(offered) ?? new Set();
  if ([...wanted].some((number) => !present.has(number))) {
    throw invalid(`Requested ${noun} are not available - requested ${asked}, available: ${offered}`);
  }
}

function blockIO(asked: Resources, host: HostFacts, warnings: string[]): void {
  const weight = asked.BlkioWeight ?? 0;
  if (weight !== 0 && (weight < 10 || weight > 1000))
    throw invalid("Range of blkio weight is from 10 to 1000");
  if (weight !== 0 && !host.cgroup.blkioWeight) {
    warnings.push(
      "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.",
    );
    asked.BlkioWeight = 0;
  }
  if (asked.BlkioWeightDevice?.length && !host.cgroup.blkioWeight) {
    warnings.push(
      "Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.",
    );
    asked.BlkioWeightDevice = [];
  }
  const throttles = [
    ["BlkioDeviceReadBps", "BPS Block I/O read limit"],
    ["BlkioDeviceWriteBps", "BPS Block I/O write limit"],
    ["BlkioDeviceReadIOps", "IOPS Block read limit"],
    ["BlkioDeviceWriteIOps", "IOPS Block write limit"],
  ] as const;
  for (const [name, what] of throttles) {
    if (!asked[name]?.length || host.cgroup.blkioThrottle) continue;
    warnings.push(`Your kernel does not support ${what} or the cgroup is not mounted. ${what} discarded.`);
    asked[name] = [];
  }
  if (asked.IOMaximumIOps || asked.IOMaximumBandwidth) {
    throw invalid("Invalid QoS settings: linux does not support Maximum IO Bandwidth or Maximum IO IOps");
  }
}
