import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { conflict, errnoOf } from "../../errors/index.ts";
import { sendSignal, startTicks } from "../process.ts";
import { readPids } from "./files.ts";

const pollMilliseconds = 2;
const removeAttempts = 100;

/** The directory and all below it, children first. What vanishes meanwhile is not there. */
export function groupsBelow(directory: string): string[] {
  const children = subdirectories(directory);
  if (children === undefined) return [];
  return [...children.flatMap((name) => groupsBelow(`${directory}/${name}`)), directory];
}

function subdirectories(directory: string): string[] | undefined {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

export function pidsBelow(directory: string): number[] {
  return groupsBelow(directory).flatMap((group) => readPids(`${group}/cgroup.procs`));
}

/** Removes groups; one whose last process has just died stays busy for a moment. */
export async function removeGroups(directory: string): Promise<void> {
  for (const group of groupsBelow(directory)) {
    for (let attempt = 1; ; attempt++) {
      try {
        rmdirSync(group);
        break;
      } catch (error) {
        if (errnoOf(error) === "ENOENT") break;
        if (errnoOf(error) !== "EBUSY" || attempt === removeAttempts) throw error;
        await sleep(pollMilliseconds);
      }
    }
  }
}

/** Looks every two milliseconds until `condition` holds; rejects when the signal fires. */
export async function until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
  while (!condition()) await sleep(pollMilliseconds, undefined, signal ? { signal } : {});
}

/** SIGKILL until the group is empty: a process may fork while we read the list. */
export async function killBelow(directory: string, signal?: AbortSignal): Promise<void> {
  await until(() => {
    const pids = pidsBelow(directory);
    for (const pid of pids) {
      const ticks = startTicks(pid);
      if (ticks !== undefined) sendSignal({ pid, startTicks: ticks }, 9);
    }
    return pids.length === 0;
  }, signal);
}

export function requireGroup(directory: string): void {
  if (!existsSync(directory))
    throw conflict(`the container is not running: it has no control group ${directory}`);
}
