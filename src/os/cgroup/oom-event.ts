import { ptr } from "bun:ffi";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { messageOf, systemError } from "../../errors/index.ts";
import { check, errno, errnoName, libc } from "../libc.ts";
import { readKeyed, writeControl } from "./files.ts";
import type { OomWatch } from "./manager.ts";
import { until } from "./tree.ts";

const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;
/** How long the second of two notifications, of which the first left it open what it was for, may be late. */
const graceMilliseconds = 100;

/**
 * Version 1 counts kills in the very group alone, and that is gone once the container is: an eventfd,
 * registered in advance, remembers (cgroup-v1/memory.rst, chapter 10). The kernel adds one to it for each
 * shortage, and one more some time after the group was removed. `held`: one that a former engine registered.
 */
export function watchOomByEvent(leaf: string, onKill: () => void, held?: number): OomWatch {
  const event = held ?? register(leaf);
  const killedBefore = (readKeyed(`${leaf}/memory.oom_control`)?.oom_kill ?? 0) > 0;
  let closed = false;
  let notifications = 0;
  let shortages = 0;
  const take = (count: number) => {
    notifications += count;
    const known = existsSync(leaf) ? notifications : notifications - 1;
    for (; shortages < known; shortages++) onKill();
  };
  take(readCount(event));
  const reader = Bun.file(event).stream().getReader();
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
    descriptor: event,
    async happened() {
      const isOpen = () => shortages === 0 && notifications === 1 && !existsSync(leaf);
      const deadline = Date.now() + graceMilliseconds;
      await until(() => !isOpen() || Date.now() > deadline);
      return killedBefore || shortages > 0;
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

/** What the eventfd holds, which is zero from then on. */
function readCount(event: number): number {
  const count = new BigUint64Array(1);
  if (Number(libc.read(event, ptr(count), 8)) === 8) return Number(count[0]);
  const name = errnoName(errno());
  if (name !== "EAGAIN") throw systemError(`read the notifications of memory shortage: ${name}`);
  return 0;
}

function register(leaf: string): number {
  mkdirSync(leaf, { recursive: true });
  const event = check(libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd");
  const control = openSync(`${leaf}/memory.oom_control`, "r");
  writeControl(`${leaf}/cgroup.event_control`, `${event} ${control}`, "the notification of memory shortage");
  closeSync(control);
  return event;
}
