import { cancelled } from "../errors/index.ts";
import { type ProcessIdentity, startTicks } from "../os/process.ts";
import type { Executable } from "./binary.ts";
import type { RuntimeProcess, Streams } from "./runtime.ts";
import { type StartFailure, startError } from "./start-failure.ts";
import type { ExitRecord, StatusDirectory } from "./status-directory.ts";
import { resizeTerminal } from "./terminal.ts";
import { closeInput, killWrapper, wrapperCommand } from "./wrapper.ts";

export interface StartOptions {
  executable: Executable;
  /** The runtime's arguments. It writes the process's id to the status file `<name>.pid`. */
  args: readonly string[];
  name: string;
  status: StatusDirectory;
  /** The end is recorded for an engine to come. */
  keepsStatus: boolean;
  stdio: Streams;
  signal?: AbortSignal;
  onStarted?: (init: ProcessIdentity) => void;
  failure: Omit<StartFailure, "code" | "executable"> & { executable: () => string };
}

/**
 * Starts the runtime in a session of its own, under a wrapper. Where no status is to be kept and no input to be let go
 * of, it does without: the runtime itself keeps the held descriptors for as long as it waits, and closes them in the
 * process that it starts.
 */
export function startProcess(options: StartOptions): RuntimeProcess {
  const { status, name, stdio, executable, keepsStatus } = options;
  const { output = [], input, memoryEvent } = stdio.hold ?? {};
  const [first, second] = output;
  const holdsInput = input !== undefined;
  const command = [executable.path, ...options.args];
  const child = Bun.spawn({
    cmd:
      keepsStatus || holdsInput
        ? wrapperCommand(status, name, command, { keepsStatus, holdsInput })
        : command,
    cwd: "/",
    env: { PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdio: [
      stdio.stdin,
      stdio.stdout,
      stdio.stderr,
      first ?? null,
      second ?? null,
      input ?? null,
      null,
      executable.fd ?? null,
      ...(memoryEvent === undefined ? [] : [memoryEvent]),
    ],
    detached: true,
  });
  child.unref();
  const wrapper = { pid: child.pid, startTicks: startTicks(child.pid) ?? 0 };
  const ended = child.exited.then(() => ({
    // A wrapper that was killed itself has no status to pass on: 128 and the signal, like a shell.
    code: child.exitCode ?? 128 + 9,
  }));
  const started = awaitStart(options, wrapper, ended);
  // Whoever only waits for the end need not look at the start.
  started.catch(() => undefined);
  return {
    wrapperPid: child.pid,
    started,
    exited: ended.then(({ code }): ExitRecord => status.exit(name) ?? { code, finishedAt: new Date() }),
    closeInput: () => {
      if (holdsInput) closeInput(wrapper);
    },
    resize: (size) => resizeTerminal(wrapper, size),
  };
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
