import { closeSync } from "node:fs";
import { systemError } from "../errors/index.ts";
import { exists, openProcess, type ProcessIdentity, processStatus, startTicks } from "../os/process.ts";
import { POLLIN, Pollable } from "../os/readiness.ts";
import type { RuntimeProcess } from "./runtime.ts";
import type { ExitRecord, StatusDirectory } from "./status-directory.ts";
import { childrenOf, resizeInner } from "./terminal.ts";
import { closeInput, findWrapper } from "./wrapper.ts";

export interface AdoptOptions {
  name: string;
  status: StatusDirectory;
  /** What is remembered of the first process; without it the status file is believed while the wrapper lives. */
  init?: ProcessIdentity;
  onStarted: (init: ProcessIdentity) => void;
}

const killed = 128 + 9;

/** The process of a wrapper that a former engine started; undefined when the wrapper is gone. */
export function adoptProcess({ name, status, init, onStarted }: AdoptOptions): RuntimeProcess | undefined {
  const wrapper = findWrapper(status, name);
  if (wrapper === undefined) return undefined;
  const over = new AbortController();
  // Either source may fail: the other still tells.
  const exited = Promise.any([status.waitForExit(name, over.signal), ended(wrapper, over.signal)]).then(
    (exit): ExitRecord => exit ?? status.exit(name) ?? { code: killed, finishedAt: new Date() },
  );
  const abort = () => over.abort();
  exited.then(abort, abort);
  const started = (async () => {
    const pid =
      init?.pid ??
      (await Promise.race([status.waitForPid(name, over.signal), exited.then(() => status.pid(name))]));
    if (pid === undefined) throw systemError(`container ${name} did not start`);
    const identity = init ?? { pid, startTicks: startTicks(pid) ?? 0 };
    onStarted(identity);
    return identity;
  })();
  started.catch(() => undefined);
  return {
    started,
    exited,
    closeInput: () => closeInput(wrapper),
    resize: (size) => resizeInner(childrenOf(wrapper), size),
  };
}

/** Resolves once the process has ended, or the signal has fired. */
async function ended(target: ProcessIdentity, signal: AbortSignal): Promise<undefined> {
  const pidfd = openProcess(target);
  if (pidfd === undefined) return undefined;
  const pollable = new Pollable(pidfd);
  const cancel = () => pollable.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    while (!signal.aborted && isAlive(target)) await pollable.ready(POLLIN);
    return undefined;
  } finally {
    signal.removeEventListener("abort", cancel);
    closeSync(pidfd);
  }
}

/** A process whose parent has not waited for it yet counts as ended. */
function isAlive(target: ProcessIdentity): boolean {
  return exists(target) && processStatus(target.pid)?.state !== "Z";
}
