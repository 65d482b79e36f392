import { closeSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { DescriptorSafe } from "../os/descriptor-safe.ts";
import { setNonblocking } from "../os/fd.ts";
import { ifThere, processGone } from "../os/if-there.ts";
import { takeFd } from "../os/pidfd.ts";
import type { ProcessIdentity } from "../os/process.ts";
import { openPty, setWindowSize, type WindowSize } from "../os/pty.ts";
import type { Stream } from "./runtime.ts";
import type { StatusDirectory } from "./status-directory.ts";
import { takeHeld } from "./wrapper.ts";

/**
 * The terminal of a process that is about to be started, as seen from outside. Its master goes to the engine, and
 * into a safe whose socket the wrapper holds: there the next engine finds it.
 */
export interface Terminal {
  /** What the runtime is to be told after its command. */
  readonly arguments: readonly string[];
  /** The runtime's stdin, stdout and stderr. */
  readonly stream: Stream;
  /** The descriptor that the wrapper holds. */
  readonly held: number;
  /** The runtime has what it inherits. */
  spawned(): void;
  /** The master, non-blocking, the caller's to close; undefined when the runtime has ended without making one. */
  master(ended: Promise<unknown>): Promise<number | undefined>;
  /** Closes all but a master that was given away. */
  close(): void;
}

/** The kind of `/proc/PID/fd` that a safe's socket is. */
const SOCKET = /^socket:/;

/**
 * Of a runtime that hands over the terminal it makes (`--console-socket`) and yet waits for the process: crun.
 * Otherwise it would copy what is said there, and leave (1.8) without the rest when the process ends at once.
 */
export class HandedOver implements Terminal {
  readonly stream = "ignore";
  readonly arguments: readonly string[];
  readonly #safe: DescriptorSafe;

  constructor(status: StatusDirectory, name: string) {
    this.#safe = newSafe(status, name);
    this.arguments = ["--console-socket", status.consoleAddress(name)];
  }

  get held(): number {
    return this.#safe.socket;
  }

  spawned(): void {}

  async master(ended: Promise<unknown>): Promise<number | undefined> {
    const master = await this.#safe.take(ended);
    if (master === undefined) return undefined;
    deposit(this.#safe, master);
    setNonblocking(master);
    return master;
  }

  close(): void {
    this.#safe.close();
  }
}

/** For a runtime that copies between its own streams and the terminal it makes, as runc does: another one around it. */
export class Surrounding implements Terminal {
  readonly arguments = [];
  readonly #safe: DescriptorSafe;
  readonly #pty = openPty();
  #open = [this.#pty.slave, this.#pty.master];

  /** `size` is what the runtime gives its own at once. */
  constructor(status: StatusDirectory, name: string, size: WindowSize | undefined) {
    try {
      if (size !== undefined) setWindowSize(this.#pty.master, size);
      this.#safe = newSafe(status, name);
    } catch (error) {
      this.#closeOpen();
      throw error;
    }
    deposit(this.#safe, this.#pty.master);
  }

  get stream(): number {
    return this.#pty.slave;
  }

  get held(): number {
    return this.#safe.socket;
  }

  spawned(): void {
    closeSync(this.#pty.slave);
    this.#open = [this.#pty.master];
  }

  async master(): Promise<number> {
    this.#open = [];
    return this.#pty.master;
  }

  close(): void {
    this.#closeOpen();
    this.#safe.close();
  }

  #closeOpen(): void {
    for (const fd of this.#open.splice(0)) closeSync(fd);
  }
}

/** The terminal that a former engine's process has, non-blocking and the caller's to close; undefined without one. */
export function takeTerminal(
  status: StatusDirectory,
  name: string,
  wrapper: ProcessIdentity,
): number | undefined {
  const socket = takeHeld(wrapper, SOCKET);
  if (socket === undefined) return undefined;
  const safe = new DescriptorSafe(socket, status.consolePath(name));
  try {
    const master = safe.takeNow();
    if (master !== undefined) safe.put(master);
    return master;
  } finally {
    safe.close();
  }
}

function newSafe(status: StatusDirectory, name: string): DescriptorSafe {
  const path = status.consolePath(name);
  rmSync(path, { force: true });
  return DescriptorSafe.make(path);
}

/** Twice: an engine that dies after it has taken one out still leaves the other. */
function deposit(safe: DescriptorSafe, master: number): void {
  safe.put(master);
  safe.put(master);
}

/** Gives the terminals that runtimes keep to themselves a size: runc would do it only from a terminal in its foreground. */
export function resizeInner(runtimes: readonly number[], size: WindowSize): void {
  for (const runtime of runtimes) ifThere(() => resizeMasters(runtime, size), [...processGone, "EIO"]);
}

function resizeMasters(runtime: number, size: WindowSize): void {
  for (const fd of masters(runtime)) {
    const master = takeFd(runtime, fd);
    try {
      setWindowSize(master, size);
    } finally {
      closeSync(master);
    }
  }
}

/** A process's children; none when it is gone. */
export function childrenOf({ pid }: ProcessIdentity): number[] {
  const text = ifThere(() => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"), processGone);
  return text?.split(" ").filter(Boolean).map(Number) ?? [];
}

/** A process's descriptors that are masters of pseudo-terminals. */
function masters(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .filter((fd) => readlinkSync(`${folder}/${fd}`).endsWith("/ptmx"))
    .map(Number);
}
