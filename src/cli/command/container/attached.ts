import type { Client } from "../../../client/client.ts";
import { attachContainer } from "../../../client/container/attach.ts";
import { killContainer } from "../../../client/container/kill.ts";
import { resizeContainer } from "../../../client/container/resize.ts";
import { waitContainer } from "../../../client/container/wait.ts";
import { printError } from "../../streams/print.ts";
import { runSession } from "../../streams/session.ts";
import { forwardSignals } from "../../streams/signals.ts";

export interface AttachedOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
  detachKeys: string;
  sigProxy: boolean;
  /** Which event is the container's end. */
  until: "not-running" | "next-exit" | "removed";
  /** What the exit status is when the user typed the detach keys; 0 without it. */
  detachedStatus?: () => number;
  /** Called when everything is in place. */
  start?: () => Promise<unknown>;
}

/** Connects our streams with a container's and returns its exit status, or 0 when the user detached. */
export async function runAttached(client: Client, id: string, options: AttachedOptions): Promise<number> {
  const { stdin, stdout, stderr, tty, detachKeys } = options;
  // Both are in place before the start, so that neither a byte nor the exit can be missed.
  const query = { stream: true, stdin, stdout, stderr, detachKeys: detachKeys || undefined };
  const leaving = new AbortController();
  const [stream, wait] = await Promise.all([
    attachContainer(client, id, query),
    waitContainer(client, id, options.until, leaving.signal),
  ]);
  // Nobody may ask for it any more: when the user detached or the start failed.
  wait.result.catch(() => {});
  // With a terminal the keys are the signals: the container's own terminal makes them.
  const stopSignals =
    options.sigProxy && !tty ? forwardSignals((signal) => killContainer(client, id, signal)) : () => {};
  try {
    await options.start?.();
    const resize = (size: { height: number; width: number }) => resizeContainer(client, id, size);
    const { detached } = await runSession(stream, { stdin, tty, detachKeys, resize });
    if (detached) return options.detachedStatus?.() ?? 0;
    const { StatusCode, Error: failure } = await wait.result;
    if (failure?.Message) printError(`${failure.Message}\n`);
    return StatusCode;
  } finally {
    stopSignals();
    stream.close();
    leaving.abort();
  }
}
