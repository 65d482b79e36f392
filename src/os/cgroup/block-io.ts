import { existsSync } from "node:fs";
import { writeControl } from "./files.ts";

interface Device {
  major: number;
  minor: number;
}

/** As in the OCI runtime specification's `linux.resources.blockIO`: rates are bytes or operations per second, 0 is none. */
export interface BlockIoLimits {
  weight?: number;
  weightDevice?: (Device & { weight?: number })[];
  throttleReadBpsDevice?: (Device & { rate: number })[];
  throttleWriteBpsDevice?: (Device & { rate: number })[];
  throttleReadIOPSDevice?: (Device & { rate: number })[];
  throttleWriteIOPSDevice?: (Device & { rate: number })[];
}

const throttles = [
  ["throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps"],
  ["throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps"],
  ["throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops"],
  ["throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops"],
] as const;

/** cgroup-v1/blkio-controller.rst. */
export function limitBlockIoV1(leaf: string, limits: BlockIoLimits): void {
  const bfq = existsSync(`${leaf}/blkio.bfq.weight`);
  const file = `${leaf}/${bfq ? "blkio.bfq.weight" : "blkio.weight"}`;
  if (limits.weight) writeControl(file, limits.weight, "the block I/O weight");
  for (const { major, minor, weight } of limits.weightDevice ?? []) {
    if (weight) writeControl(`${file}_device`, `${major}:${minor} ${weight}`, "a device's block I/O weight");
  }
  for (const [name, control] of throttles) {
    for (const { major, minor, rate } of limits[name] ?? [])
      writeControl(`${leaf}/${control}`, `${major}:${minor} ${rate}`, "a device's block I/O rate");
  }
}

/** cgroup-v2.rst, "IO Interface Files". */
export function limitBlockIoV2(leaf: string, limits: BlockIoLimits): void {
  const bfq = existsSync(`${leaf}/io.bfq.weight`);
  const file = `${leaf}/${bfq ? "io.bfq.weight" : "io.weight"}`;
  // 10 to 1000 becomes 1 to 10000.
  const scaled = (weight: number) => (bfq ? weight : Math.floor(1 + ((weight - 10) * 9999) / 990));
  if (limits.weight) writeControl(file, scaled(limits.weight), "the block I/O weight");
  for (const { major, minor, weight } of limits.weightDevice ?? []) {
    if (weight) writeControl(file, `${major}:${minor} ${scaled(weight)}`, "a device's block I/O weight");
  }
  for (const [name, , key] of throttles) {
    for (const { major, minor, rate } of limits[name] ?? []) {
      const value = `${major}:${minor} ${key}=${rate || "max"}`;
      writeControl(`${leaf}/io.max`, value, "a device's block I/O rate");
    }
  }
}
