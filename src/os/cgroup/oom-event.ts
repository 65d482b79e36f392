import { ptr } from "bun:ffi";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { check, libc } from "../libc.ts";
import { writeControl } from "./files.ts";
import type { OomWatch } from "./manager.ts";

const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;

/**
 * Version 1 counts kills in the very group alone, and that is gone once the container is: an eventfd,
 * registered in advance, remembers (cgroup-v1/memory.rst, chapter 10). The kernel adds one to it for each
 * shortage, and one more when the group is removed.
 */
export function watchOomByEvent(leaf: string, onKill: () => void): OomWatch {
  mkdirSync(leaf, { recursive: true });
  const event = check(libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd");
  const control = openSync(`${leaf}/memory.oom_control`, "r");
  writeControl(`${leaf}/cgroup.event_control`, `${event} ${control}`, "the notification of memory shortage");
  closeSync(control);

  const counter = new BigUint64Array(1);
  let shortages = 0;
  let removed = false;
  const collect = () => {
    if (removed || libc.read(event, ptr(counter), 8) !== 8n) return;
    let count = Number(counter[0]);
    if (!existsSync(leaf)) {
      removed = true;
      count -= 1;
    }
    for (; count > 0; count--) {
      shortages++;
      onKill();
    }
  };
  const timer = setInterval(collect, pollMilliseconds).unref();
  return {
    happened() {
      collect();
      return shortages > 0;
    },
    close() {
      clearInterval(timer);
      closeSync(event);
    },
  };
}

const pollMilliseconds = 500;
