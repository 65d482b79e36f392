import { closeSync, openSync, readSync } from "node:fs";
import { hostPlatform, type Platform } from "./platform.ts";

/** What each level adds (System V ABI for x86-64, 3.1.1), as /proc/cpuinfo calls it. */
const levels: readonly (readonly [variant: string, flags: string])[] = [
  ["v2", "cx16 lahf_lm pni popcnt sse4_1 sse4_2 ssse3"],
  ["v3", "abm avx avx2 bmi1 bmi2 f16c fma movbe xsave"],
  ["v4", "avx512bw avx512cd avx512dq avx512f avx512vl"],
];

/** The highest level of x86-64 for which a CPU has all flags; undefined for the first. */
export function amd64Variant(flags: ReadonlySet<string>): string | undefined {
  const lacking = levels.findIndex(([, added]) => !added.split(" ").every((flag) => flags.has(flag)));
  const met = lacking === -1 ? levels : levels.slice(0, lacking);
  return met.at(-1)?.[0];
}

let known: Platform | undefined;

/** The host's platform with its CPU's variant: what images are chosen for, not what those made here are marked with. */
export function hostCpu(): Platform {
  known ??= detect();
  return known;
}

function detect(): Platform {
  const platform = hostPlatform();
  const variant = platform.architecture === "amd64" ? amd64Variant(cpuFlags()) : undefined;
  return variant === undefined ? platform : { ...platform, variant };
}

/** Of the first CPU: the file is long where there are many. */
function cpuFlags(): Set<string> {
  const start = Buffer.alloc(16384);
  const fd = openSync("/proc/cpuinfo", "r");
  const length = readSync(fd, start);
  closeSync(fd);
  const line = /^flags\s*:(.*)$/m.exec(start.toString("latin1", 0, length))?.[1] ?? "";
  return new Set(line.trim().split(/\s+/));
}
