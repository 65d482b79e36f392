import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { cancelled, errnoOf } from "../errors/index.ts";
import { makeFifo } from "../os/fd.ts";
import { ifThere } from "../os/if-there.ts";
import { Inotify, inotifyEvents } from "../os/inotify.ts";

/** How a container ended. */
export interface ExitRecord {
  /** Exit status, or 128 and the signal's number. */
  readonly code: number;
  readonly finishedAt: Date;
}

/**
 * `<exec-root>/status`: where runtimes and wrappers of all containers leave what an engine, this one or the
 * next, needs to know: `<id>.wrapper` and `<id>.pid` (process ids), `<id>.exit` (exit status, written when it
 * happened) and `<id>.console` (the socket of the safe with its terminal). One inotify watch serves the whole engine.
 */
export class StatusDirectory {
  readonly path: string;
  readonly alivePath: string;
  #inotify: Inotify | undefined;
  #alive: number | undefined;
  #folder: number | undefined;
  readonly #waiters = new Map<string, Set<() => void>>();

  constructor(execRoot: string) {
    this.path = join(execRoot, "status");
    this.alivePath = join(execRoot, "alive");
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    try {
      makeFifo(this.alivePath, 0o600);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
  }

  /**
   * Lets wrappers whose container has ended go. To be called once every container of a former engine has
   * been adopted: until then they keep the output that nobody has read yet.
   */
  announce(): void {
    this.#alive ??= openSync(this.alivePath, constants.O_RDWR | constants.O_NONBLOCK);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  consolePath(name: string): string {
    return this.file(`${name}.console`);
  }

  /** The same for a runtime that this process starts, short enough for a socket's address wherever the exec root is. */
  consoleAddress(name: string): string {
    this.#folder ??= openSync(this.path, constants.O_RDONLY | constants.O_DIRECTORY);
    return `/proc/${process.pid}/fd/${this.#folder}/${name}.console`;
  }

  pid(name: string): number | undefined {
    return this.#number(`${name}.pid`);
  }

  wrapperPid(name: string): number | undefined {
    return this.#number(`${name}.wrapper`);
  }

  exit(name: string): ExitRecord | undefined {
    const code = this.#number(`${name}.exit`);
    return code === undefined ? undefined : { code, finishedAt: statSync(this.file(`${name}.exit`)).mtime };
  }

  /** Names that anything is known of. */
  list(): string[] {
    const names = readdirSync(this.path).map((file) => file.replace(/\.(wrapper|pid|exit|console)$/, ""));
    return [...new Set(names)];
  }

  /** Removes all that is known of a name; nothing is fine. */
  forget(name: string): void {
    for (const kind of ["wrapper", "pid", "exit", "console"])
      rmSync(this.file(`${name}.${kind}`), { force: true });
  }

  /**
   * Resolves with what `read` finds, as soon as it finds something, looking again at each change of `file`.
   * Rejects with `cancelled` when the signal fires.
   */
  waitFor<T>(file: string, read: () => T | undefined, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#watch();
      const attempt = () => {
        try {
          if (signal?.aborted) throw cancelled(`gave up waiting for ${file}`, { cause: signal.reason });
          const value = read();
          if (value === undefined) return;
          settle();
          resolve(value);
        } catch (error) {
          settle();
          reject(error);
        }
      };
      const waiters = this.#waiters.get(file) ?? new Set();
      const settle = () => {
        waiters.delete(attempt);
        if (waiters.size === 0) this.#waiters.delete(file);
        signal?.removeEventListener("abort", attempt);
      };
      waiters.add(attempt);
      this.#waiters.set(file, waiters);
      signal?.addEventListener("abort", attempt);
      attempt();
    });
  }

  waitForPid(name: string, signal?: AbortSignal): Promise<number> {
    return this.waitFor(`${name}.pid`, () => this.pid(name), signal);
  }

  waitForExit(name: string, signal?: AbortSignal): Promise<ExitRecord> {
    return this.waitFor(`${name}.exit`, () => this.exit(name), signal);
  }

  close(): void {
    this.#inotify?.close();
    if (this.#alive !== undefined) closeSync(this.#alive);
    if (this.#folder !== undefined) closeSync(this.#folder);
    this.#inotify = this.#alive = this.#folder = undefined;
  }

  #watch(): void {
    if (this.#inotify !== undefined) return;
    this.#inotify = new Inotify();
    this.#inotify.watch(this.path, inotifyEvents.closeWrite | inotifyEvents.movedTo, (file) => {
      const names = file === undefined ? [...this.#waiters.keys()] : [file];
      for (const name of names) for (const attempt of [...(this.#waiters.get(name) ?? [])]) attempt();
    });
  }

  /** A file just made may still be empty: as good as none. */
  #number(file: string): number | undefined {
    const text = ifThere(() => readFileSync(this.file(file), "latin1").trim()) ?? "";
    return /^\d+$/.test(text) ? Number(text) : undefined;
  }
}
