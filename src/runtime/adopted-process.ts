import { systemError } from "../errors/index.ts";
import { exists, type ProcessIdentity, processStatus, startTicks } from "../os/process.ts";
import type { RuntimeProcess } from "./runtime.ts";
import type { ExitRecord, StatusDirectory } from "./status-directory.ts";
import { closeInput, findWrapper, windowChanged } from "./wrapper.ts";

export interface AdoptOptions {
  name: string;
  status: StatusDirectory;
  /** What is remembered of the first process; without it the status file is believed while the wrapper lives. */
  init?: ProcessIdentity;
  onStarted: (init: ProcessIdentity) => void;
}

/** How often a wrapper that is not our child is looked at, in case it is killed before it can say anything. */
const lookMilliseconds = 2000;
const killed = 128 + 9;

/** The process of a wrapper that a former engine started; undefined when the wrapper is gone. */
export function adoptProcess({ name, status, init, onStarted }: AdoptOptions): RuntimeProcess | undefined {
  const wrapper = findWrapper(status, name);
  if (wrapper === undefined) return undefined;
  const over = new AbortController();
  const exited = Promise.race([status.waitForExit(name, over.signal), vanished(wrapper, over.signal)]).then(
    (exit): ExitRecord => exit ?? status.exit(name) ?? { code: killed, finishedAt: new Date() },
  );
  void exited.then(() => over.abort());
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
    wrapperPid: wrapper.pid,
    started,
    exited,
    closeInput: () => closeInput(wrapper),
    windowChanged: () => windowChanged(wrapper),
  };
}

/** Resolves once the process is gone or a zombie; never after the signal has fired. */
function vanished(target: ProcessIdentity, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (exists(target) && processStatus(target.pid)?.state !== "Z") return;
      clearInterval(timer);
      resolve(undefined);
    }, lookMilliseconds).unref();
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  });
}
