import { cancelled } from "../errors/index.ts";
import { type ProcessIdentity, startTicks } from "../os/process.ts";
import type { Executable } from "./binary.ts";
import type { StartedProcess, Stream, Streams } from "./runtime.ts";
import { type StartFailure, startError } from "./start-failure.ts";
import type { ExitRecord, StatusDirectory } from "./status-directory.ts";
import { childrenOf, resizeInner, type Terminal } from "./terminal.ts";
import { closeInput, killWrapper, type WrapperOptions, wrapperCommand } from "./wrapper.ts";

export interface StartOptions {
  executable: Executable;
  /** The runtime's arguments. It writes the process's id to the status file `<name>.pid`. */
  args: readonly string[];
  name: string;
  status: StatusDirectory;
  /** The end is recorded for an engine to come. */
  keepsStatus: boolean;
  stdio: Streams;
  /** Where the process is to have one. */
  terminal: Terminal | undefined;
  signal?: AbortSignal;
  onStarted?: (init: ProcessIdentity) => void;
  failure: Omit<StartFailure, "code" | "executable"> & { executable: () => string };
}

/**
 * Starts the runtime in a session of its own, under a wrapper. Where no status is to be kept and no input to be let go
 * of, it does without: the runtime itself keeps the held descriptors for as long as it waits, and closes them in the
 * process that it starts.
 */
export function startProcess(options: StartOptions): StartedProcess {
  const { status, name, stdio, keepsStatus, terminal } = options;
  const holdsInput = stdio.hold?.input !== undefined;
  const isWrapped = keepsStatus || holdsInput;
  const child = spawn(options, isWrapped ? { keepsStatus, holdsInput } : undefined);
  const wrapper = { pid: child.pid, startTicks: startTicks(child.pid) ?? 0 };
  const ended = child.exited.then(() => ({
    // A wrapper that was killed itself has no status to pass on: 128 and the signal, like a shell.
    code: child.exitCode ?? 128 + 9,
  }));
  const started = awaitStart(options, wrapper, ended);
  const master = takeMaster(terminal, started, ended);
  // Whoever only waits for the end need not look at the start.
  for (const promise of [started, master]) promise.catch(() => undefined);
  return {
    started,
    terminal: master,
    exited: ended.then(({ code }): ExitRecord => status.exit(name) ?? { code, finishedAt: new Date() }),
    closeInput: () => {
      if (holdsInput) closeInput(wrapper);
    },
    resize: (size) => resizeInner(isWrapped ? childrenOf(wrapper) : [wrapper.pid], size),
  };
}

function spawn(options: StartOptions, wrapping: WrapperOptions | undefined): Bun.Subprocess {
  const { executable, args, status, name, stdio, terminal } = options;
  const { output = [], input, memoryEvent } = stdio.hold ?? {};
  const command = [executable.path, ...args];
  try {
    const child = Bun.spawn({
      cmd: wrapping ? wrapperCommand(status, name, command, wrapping) : command,
      cwd: "/",
      env: { PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
      stdio: [
        ...streamsOf(stdio, terminal),
        output[0] ?? null,
        output[1] ?? null,
        terminal?.held ?? input ?? null,
        null,
        executable.fd ?? null,
        ...(memoryEvent === undefined ? [] : [memoryEvent]),
      ],
      detached: true,
    });
    child.unref();
    terminal?.spawned();
    return child;
  } catch (error) {
    terminal?.close();
    throw error;
  }
}

function streamsOf(stdio: Streams, terminal: Terminal | undefined): [Stream, Stream, Stream] {
  if (stdio.terminal === undefined) return [stdio.stdin, stdio.stdout, stdio.stderr];
  const stream = terminal?.stream ?? "ignore";
  return [stream, stream, stream];
}

async function takeMaster(
  terminal: Terminal | undefined,
  started: Promise<unknown>,
  ended: Promise<unknown>,
): Promise<number | undefined> {
  try {
    const isStarted = await started.then(
      () => true,
      () => false,
    );
    return isStarted ? await terminal?.master(ended) : undefined;
  } finally {
    terminal?.close();
  }
}

async function awaitStart(
  options: StartOptions,
  wrapper: ProcessIdentity,
  ended: Promise<{ code: number }>,
): Promise<ProcessIdentity> {
  const { status, name, signal, onStarted, failure } = options;
  const over = new AbortController();
  const abort = () => {
    killWrapper(wrapper);
  };
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  try {
    const first = await Promise.race([status.waitForPid(name, over.signal), ended]);
    const pid = typeof first === "number" ? first : status.pid(name);
    if (pid !== undefined) {
      // Zero where the process is gone already: no later one has it.
      const init = { pid, startTicks: startTicks(pid) ?? 0 };
      onStarted?.(init);
      return init;
    }
    if (signal?.aborted) throw cancelled("the start was given up", { cause: signal.reason });
    const code = typeof first === "number" ? 0 : first.code;
    throw startError({ ...failure, executable: failure.executable(), code });
  } finally {
    signal?.removeEventListener("abort", abort);
    over.abort();
  }
}
