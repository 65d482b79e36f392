import type { LinuxResources, Process, Spec } from "../oci/spec.ts";
import type { ProcessIdentity } from "../os/process.ts";
import type { WindowSize } from "../os/pty.ts";
import type { ExitRecord } from "./status-directory.ts";

/** Open descriptors or `"ignore"` (/dev/null). They are inherited; the caller keeps and closes its own. */
export type Stream = number | "ignore";

/**
 * What the wrapper holds on the container's behalf. `output` are read ends of pipes; `input` is the write end of the container's stdin, let go by `closeInput`; `memoryEvent` counts
 * memory shortages for the next engine.
 */
export interface HeldDescriptors {
  output?: readonly number[];
  input?: number;
  memoryEvent?: number;
}

/** A process's streams, or none: those of one with a terminal are there. */
export type Streams = (
  | { stdin: Stream; stdout: Stream; stderr: Stream; terminal?: never }
  | { terminal: { size?: WindowSize | undefined } }
) & { hold?: HeldDescriptors };

export interface RunOptions {
  id: string;
  /** The container's control group, such as `/slipway/<id>`; the spec's `cgroupsPath` is its leaf `container`. */
  group: string;
  /** Directory with `config.json`. */
  bundle: string;
  /** Directory for the runtime's log. */
  runDir: string;
  stdio: Streams;
  /** No engine to come wants to know how it ended. */
  transient?: boolean;
  /** Gives the start up: whatever had been started is killed. Without effect once started. */
  signal?: AbortSignal;
}

export interface ExecOptions {
  /** The container. */
  id: string;
  /** Names the process among all containers' processes. */
  execId: string;
  process: Process;
  /** Directory for the process's description and the runtime's log; both are removed when it ends. */
  runDir: string;
  stdio: Streams;
  signal?: AbortSignal;
}

/** A process that a runtime started, seen from outside. */
export interface RuntimeProcess {
  /**
   * Resolves once the process was started. Rejects when it was not, with what the runtime said and
   * `details.exitCode` 126, 127 or 128; or with `cancelled`. Output that came before is the runtime's own: drop it.
   */
  readonly started: Promise<ProcessIdentity>;
  /** Never rejects, not even when nothing started. */
  readonly exited: Promise<ExitRecord>;
  /** Half-close: the process reads end-of-file once it has read what was written. */
  closeInput(): void;
  /** Tells a runtime that keeps the process's own terminal to itself that ours has a new size. */
  resize(size: WindowSize): void;
}

export interface StartedProcess extends RuntimeProcess {
  /**
   * Our side of the process's terminal once it was started, non-blocking and the caller's to close. Undefined when it was to
   * have none, was not started, or ended before it had one. Never rejects but for failing system calls.
   */
  readonly terminal: Promise<number | undefined>;
}

/** What the wrapper has held, the caller's to close: the counter of that name, and our side of the terminal. */
export interface Held {
  readonly memoryEvent?: number;
  readonly terminal?: number;
}

export type Adoption =
  | { state: "running"; process: RuntimeProcess; held: Held }
  | { state: "exited"; exit: ExitRecord; held: Held }
  /** Neither a process nor a record of its end. */
  | { state: "lost" };

/**
 * An OCI runtime with the engine's own ways around it where those are faster. A container's group is
 * `<parent>/<id>`, and the runtime's own group the leaf `container` in there.
 */
export interface Runtime {
  /** As in `--add-runtime name=path`. */
  readonly name: string;
  /** Writes `config.json` into a bundle, in the form that this runtime starts fastest. */
  writeBundle(bundle: string, spec: Spec): void;
  /** Starts a container. The bundle must stay until it has ended. Throws `unavailable` when the runtime is not installed. */
  run(options: RunOptions): StartedProcess;
  /** Starts a further process in a running container. */
  exec(options: ExecOptions): Promise<StartedProcess>;
  /** Sends a signal to the first process; false when it is gone. */
  kill(id: string, signal: number): boolean;
  /** Sends SIGKILL to every process of the container: needed where it has no PID namespace of its own. */
  killAll(id: string, signal?: AbortSignal): Promise<void>;
  /** Freezes every process and resolves when the last one stands still. */
  pause(id: string, signal?: AbortSignal): Promise<void>;
  resume(id: string, signal?: AbortSignal): Promise<void>;
  /** Changes limits of a running container. Only what is named changes. */
  update(id: string, resources: LinuxResources): void;
  /** Process ids, as on the host, of all processes of the container. */
  pids(id: string): number[];
  /** Takes over a container that a former engine started. `init` is what that engine knew of its process. */
  adopt(id: string, group: string, init?: ProcessIdentity): Adoption;
  /** Ids of the containers of which anything is found on this host: state, status files. */
  list(): string[];
  /** Kills what is left of a container and removes the runtime's state, status files and groups. Idempotent. */
  remove(id: string, group: string): Promise<void>;
  /** The runtime's version, such as `1.8.1`. */
  version(): Promise<string>;
}
