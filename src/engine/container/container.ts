import type { Health } from "../../api/index.ts";
import type { ContainerStdio, LogWriter } from "../../cio/index.ts";
import type { HostsFile, Sandbox } from "../../network/index.ts";
import type { OomWatch } from "../../os/cgroup/index.ts";
import { parseRfc3339 } from "../../os/clock.ts";
import type { RuntimeProcess } from "../../runtime/index.ts";
import { Mutex } from "./mutex.ts";
import type { ContainerRecord } from "./record.ts";
import { RestartBackoff } from "./restart-policy.ts";
import { Waiters } from "./waiters.ts";

/** A run of a container: its process, and how to give back what the run holds. */
export interface Run {
  readonly process: RuntimeProcess;
  release(): Promise<void>;
}

/** A container in memory: its durable record, and what belongs to this engine's life only. */
export class Container {
  /** Held while a verb changes the container's state; never while one waits for the container itself. */
  readonly mutex = new Mutex();
  readonly waiters = new Waiters();
  readonly backoff = new RestartBackoff();
  /** Ids of those that run or are about to. */
  readonly execs = new Set<string>();
  readonly createdAt: bigint;
  /** Its input and output. Exists from the first attach or start on, until its run has ended. */
  stdio: ContainerStdio | undefined;
  log: LogWriter | undefined;
  /** How many clients are attached to it. */
  attached = 0;
  starting = false;
  /** Resolves when the next run, or the present one, has its process: before, its streams have no other end. */
  ready = Promise.withResolvers<void>();
  run: Run | undefined;
  /** Its network namespace, while it has one of its own. */
  sandbox: Sandbox | undefined;
  /** What its hosts file was last made from. */
  hosts: HostsFile | undefined;
  oom: OomWatch | undefined;
  monitor: { start(): void; stop(): void } | undefined;
  health: Health | undefined;
  /** Ends the wait before a restart. */
  restart: AbortController | undefined;
  /** A restart that the user asked for stops the container without removing it. */
  restartedByUser = false;
  deleted = false;

  constructor(readonly record: ContainerRecord) {
    this.createdAt = parseRfc3339(record.created);
  }

  get id(): string {
    return this.record.id;
  }

  get tty(): boolean {
    return this.record.config.Tty ?? false;
  }
}
