import { readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { check, libc } from "./libc.ts";

const MADV_DONTNEED = 4;

interface Range {
  start: number;
  bytes: number;
}

let ranges: Promise<Range[]> | undefined;

/**
 * Takes the pages of our own executable out of this process's memory; they stay in the page cache, and each comes back
 * when it is used again (a minor fault). Most of them served the start only. Resolves with how many bytes are
 * mapped there. Nothing can be lost: only what the process cannot write to and never has written to is meant.
 */
export async function releaseExecutablePages(): Promise<number> {
  ranges ??= readRanges();
  let sum = 0;
  for (const { start, bytes } of await ranges) {
    check(libc.madvise(start, bytes, MADV_DONTNEED), "give the executable's pages back");
    sum += bytes;
  }
  return sum;
}

async function readRanges(): Promise<Range[]> {
  return executableRanges(await readFile("/proc/self/smaps", "latin1"), readlinkSync("/proc/self/exe"));
}

/** The mappings of `path` in smaps (proc_pid_smaps(5)) that are as the file is: not writable, no page of their own. */
export function executableRanges(smaps: string, path: string): Range[] {
  const found: Range[] = [];
  for (const entry of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const [, start, end, file] = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \d+ +(.+)\n/.exec(entry) ?? [];
    if (start === undefined || end === undefined || file !== path) continue;
    if (!/^Anonymous: +0 kB$/m.test(entry)) continue;
    const from = Number.parseInt(start, 16);
    found.push({ start: from, bytes: Number.parseInt(end, 16) - from });
  }
  return found;
}
