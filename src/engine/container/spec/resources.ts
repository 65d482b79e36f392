import { statSync } from "node:fs";
import type { Resources, ThrottleDevice } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";
import type { LinuxBlockIO, LinuxCPU, LinuxMemory, LinuxResources } from "../../../oci/spec.ts";
import { majorOf, minorOf } from "../../../os/device-number.ts";

const cfsPeriodMicroseconds = 100_000;

/** Docker's limits in the OCI runtime specification's words; only what was asked for is named. */
export function resourcesFor(asked: Resources): LinuxResources {
  const result: LinuxResources = {};
  const memory = memoryFor(asked);
  const cpu = cpuFor(asked);
  const blockIO = blockIOFor(asked);
  if (Object.keys(memory).length > 0) result.memory = memory;
  if (Object.keys(cpu).length > 0) result.cpu = cpu;
  if (Object.keys(blockIO).length > 0) result.blockIO = blockIO;
  if (asked.PidsLimit !== undefined && asked.PidsLimit !== null) {
    result.pids = { limit: asked.PidsLimit > 0 ? asked.PidsLimit : -1 };
  }
  return result;
}

function memoryFor(asked: Resources): LinuxMemory {
  const memory: LinuxMemory = {};
  if (asked.Memory) memory.limit = asked.Memory;
  if (asked.MemoryReservation) memory.reservation = asked.MemoryReservation;
  if (asked.MemorySwap) memory.swap = asked.MemorySwap;
  if (typeof asked.MemorySwappiness === "number" && asked.MemorySwappiness >= 0) {
    memory.swappiness = asked.MemorySwappiness;
  }
  if (asked.OomKillDisable) memory.disableOOMKiller = true;
  return memory;
}

function cpuFor(asked: Resources): LinuxCPU {
  const cpu: LinuxCPU = {};
  if (asked.CpuShares) cpu.shares = Math.max(asked.CpuShares, 2);
  if (asked.NanoCpus) {
    cpu.period = cfsPeriodMicroseconds;
    cpu.quota = Math.floor((asked.NanoCpus * cfsPeriodMicroseconds) / 1e9);
  }
  if (asked.CpuPeriod) cpu.period = asked.CpuPeriod;
  if (asked.CpuQuota) cpu.quota = asked.CpuQuota;
  if (asked.CpuRealtimePeriod) cpu.realtimePeriod = asked.CpuRealtimePeriod;
  if (asked.CpuRealtimeRuntime) cpu.realtimeRuntime = asked.CpuRealtimeRuntime;
  if (asked.CpusetCpus) cpu.cpus = asked.CpusetCpus;
  if (asked.CpusetMems) cpu.mems = asked.CpusetMems;
  return cpu;
}

function blockIOFor(asked: Resources): LinuxBlockIO {
  const io: LinuxBlockIO = {};
  if (asked.BlkioWeight) io.weight = asked.BlkioWeight;
  if (asked.BlkioWeightDevice?.length) {
    io.weightDevice = asked.BlkioWeightDevice.map(({ Path, Weight }) => ({
      ...deviceNumber(Path),
      weight: Weight,
    }));
  }
  const throttle = (devices: ThrottleDevice[] | null | undefined) =>
    devices?.map(({ Path, Rate }) => ({ ...deviceNumber(Path), rate: Rate })) ?? [];
  const readBps = throttle(asked.BlkioDeviceReadBps);
  const writeBps = throttle(asked.BlkioDeviceWriteBps);
  const readIOPS = throttle(asked.BlkioDeviceReadIOps);
  const writeIOPS = throttle(asked.BlkioDeviceWriteIOps);
  if (readBps.length > 0) io.throttleReadBpsDevice = readBps;
  if (writeBps.length > 0) io.throttleWriteBpsDevice = writeBps;
  if (readIOPS.length > 0) io.throttleReadIOPSDevice = readIOPS;
  if (writeIOPS.length > 0) io.throttleWriteIOPSDevice = writeIOPS;
  return io;
}

function deviceNumber(path: string): { major: number; minor: number } {
  try {
    const { rdev } = statSync(path);
    return { major: majorOf(rdev), minor: minorOf(rdev) };
  } catch (cause) {
    throw invalid(`no such device: ${path}`, { cause });
  }
}
