import { askChild } from "../../layers/index.ts";

/** Work that tells what is waited for before it writes down what it learned. */
export interface Telling<Told> {
  readonly told: Promise<Told>;
  /** Never rejects: it has ended, and what was learned is on the disk, or will be learned anew. */
  readonly ended: Promise<void>;
}

/** Has a child do such work. The signal ends it only until it has told: a build that is over must not cut short what it writes. */
export function startTelling<Told>(name: string, request: unknown, signal: AbortSignal): Telling<Told> {
  const { promise: told, resolve, reject } = Promise.withResolvers<Told>();
  const working = new AbortController();
  const abort = () => working.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", abort, { once: true });
  const onEvent = (event: unknown) => {
    signal.removeEventListener("abort", abort);
    resolve(event as Told);
  };
  const result = askChild<null>(name, request, { signal: working.signal, onEvent });
  return { told, ended: result.then(() => undefined, reject) };
}
