import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { messageOf } from "../../errors/index.ts";
import { check, libc } from "../libc.ts";
import { writeControl } from "./files.ts";
import type { OomWatch } from "./manager.ts";
import { until } from "./tree.ts";

const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;
/** How long the second of two notifications, of which the first left it open what it was for, may be late. */
const graceMilliseconds = 100;

/**
 * Version 1 counts kills in the very group alone, and that is gone once the container is: an eventfd,
 * registered in advance, remembers (cgroup-v1/memory.rst, chapter 10). The kernel adds one to it for each
 * shortage, and one more some time after the group was removed.
 */
export function watchOomByEvent(leaf: string, onKill: () => void): OomWatch {
  mkdirSync(leaf, { recursive: true });
  const event = register(leaf);
  const reader = Bun.file(event).stream().getReader();
  let closed = false;
  let notifications = 0;
  let shortages = 0;
  const take = (count: number) => {
    notifications += count;
    const known = existsSync(leaf) ? notifications : notifications - 1;
    for (; shortages < known; shortages++) onKill();
  };
  const read = async () => {
    while (!closed) {
      const { value, done } = await reader.read();
      if (done || closed) return;
      take(Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0, true)));
    }
  };
  read().catch((error: unknown) => {
    if (!closed)
      process.emitWarning(`memory shortages of ${leaf} are not told any more: ${messageOf(error)}`);
  });
  return {
    async happened() {
      const isOpen = () => shortages === 0 && notifications === 1 && !existsSync(leaf);
      const deadline = Date.now() + graceMilliseconds;
      await until(() => !isOpen() || Date.now() > deadline);
      return shortages > 0;
    },
    close() {
      if (closed) return;
      closed = true;
      // A broken reader has been told of already.
      reader.cancel().catch(() => undefined);
      closeSync(event);
    },
  };
}

function register(leaf: string): number {
  const event = check(libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd");
  const control = openSync(`${leaf}/memory.oom_control`, "r");
  writeControl(`${leaf}/cgroup.event_control`, `${event} ${control}`, "the notification of memory shortage");
  closeSync(control);
  return event;
}
