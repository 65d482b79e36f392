import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { messageOf } from "../errors/index.ts";
import { check, cstring, libc } from "./libc.ts";

const IN_CLOEXEC = 0o2000000;
const IN_NONBLOCK = 0o4000;
const IN_Q_OVERFLOW = 0x4000;
const IN_IGNORED = 0x8000;
const headerBytes = 16;
/** How often listeners are to look at everything once the kernel's events cannot be read any more. */
const blindMilliseconds = 1000;

/** What to be told of (inotify(7)). */
export const inotifyEvents = { modify: 0x2, closeWrite: 0x8, movedTo: 0x80 } as const;

/** `name` is the file's in a watched directory; undefined for a watched file, or when events were lost: look at everything. */
export type InotifyListener = (name: string | undefined) => void;

/**
 * inotify(7) as the kernel has it: unlike fs.watch it tells a file that was written to its end from one that was
 * merely made, joins no events together and reports lost ones. A user may have 128 instances: share them.
 */
export class Inotify {
  readonly #fd = check(libc.inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "make an inotify instance");
  readonly #listeners = new Map<number, InotifyListener>();
  readonly #reader = Bun.file(this.#fd).stream().getReader();
  #blind: NodeJS.Timeout | undefined;
  #closed = false;

  constructor() {
    this.#read().catch((error: unknown) => this.#goOnBlindly(error));
  }

  /** Watches a path, once at most at a time; the function returned ends it. */
  watch(path: string, events: number, listener: InotifyListener): () => void {
    const name = cstring(path);
    const watch = check(libc.inotify_add_watch(this.#fd, ptr(name), events), () => `watch ${path}`);
    this.#listeners.set(watch, listener);
    return () => {
      // The kernel has already ended the watch of a file that is gone.
      if (this.#listeners.delete(watch) && !this.#closed) libc.inotify_rm_watch(this.#fd, watch);
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#blind);
    this.#listeners.clear();
    // A broken reader has been told of already.
    this.#reader.cancel().catch(() => undefined);
    closeSync(this.#fd);
  }

  async #read(): Promise<void> {
    while (!this.#closed) {
      const { value, done } = await this.#reader.read();
      if (done || this.#closed) return;
      this.#dispatch(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    }
  }

  #goOnBlindly(error: unknown): void {
    if (this.#closed) return;
    process.emitWarning(`looking for changes of files every second: ${messageOf(error)}`);
    this.#blind = setInterval(() => this.#tellAll(), blindMilliseconds).unref();
    this.#tellAll();
  }

  #tellAll(): void {
    for (const listener of [...this.#listeners.values()]) listener(undefined);
  }

  /** struct inotify_event: watch, mask, cookie, length, and a name padded with NULs. */
  #dispatch(events: Buffer): void {
    for (let at = 0; at + headerBytes <= events.length; ) {
      const watch = events.readInt32LE(at);
      const mask = events.readUInt32LE(at + 4);
      const length = events.readUInt32LE(at + 12);
      const padded = events.toString("utf8", at + headerBytes, at + headerBytes + length);
      at += headerBytes + length;
      if ((mask & IN_Q_OVERFLOW) !== 0) this.#tellAll();
      else if ((mask & IN_IGNORED) !== 0) this.#listeners.delete(watch);
      else this.#listeners.get(watch)?.(padded.replace(/\0+$/, "") || undefined);
    }
  }
}
