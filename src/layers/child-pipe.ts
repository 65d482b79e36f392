import { closeSync, readSync, writeSync } from "node:fs";
import { cancelled, errnoOf } from "../errors/index.ts";
import { enlargePipe, pipe, setNonblocking } from "../os/fd.ts";
import { POLLIN, POLLOUT, Pollable } from "../os/readiness.ts";

/** A pipe to or from a child; its end blocks, for it does nothing else, and ours does not. */
export interface ChildPipe {
  readonly childEnd: number;
  readonly ourEnd: number;
}

/** As much as a pipe may have without privileges; one that gets less works as well. */
const pipeBytes = 1 << 20;
const pieceBytes = 1 << 18;

export function openOutput(): ChildPipe {
  const [ourEnd, childEnd] = pipe({ nonblockRead: true });
  enlargePipe(ourEnd, pipeBytes);
  return { ourEnd, childEnd };
}

export function openInput(): ChildPipe {
  const [childEnd, ourEnd] = pipe();
  setNonblocking(ourEnd);
  enlargePipe(ourEnd, pipeBytes);
  return { ourEnd, childEnd };
}

/** What the child writes, ending well only if the child did. Whoever gives it up ends the child. */
export async function* outputOf(
  { ourEnd }: ChildPipe,
  result: Promise<unknown>,
  abort: AbortController,
): AsyncGenerator<Uint8Array> {
  const pollable = new Pollable(ourEnd);
  const cancel = () => pollable.cancel();
  abort.signal.addEventListener("abort", cancel);
  let complete = false;
  try {
    for (let piece = Buffer.allocUnsafe(pieceBytes); ; piece = Buffer.allocUnsafe(pieceBytes)) {
      const count = await available(pollable, abort.signal, POLLIN, () => readSync(ourEnd, piece));
      if (count === undefined) throw cancelled("the copy was given up", { cause: abort.signal.reason });
      if (count === 0) break;
      yield piece.subarray(0, count);
    }
    await result;
    complete = true;
  } finally {
    abort.signal.removeEventListener("abort", cancel);
    pollable.cancel();
    closeSync(ourEnd);
    if (!complete) abort.abort();
  }
}

/** Hands the child a stream and waits for its end. A source that breaks ends the child, and is what is thrown. */
export async function feed(
  { ourEnd }: ChildPipe,
  source: AsyncIterable<Uint8Array>,
  result: Promise<unknown>,
  abort: AbortController,
): Promise<void> {
  const pollable = new Pollable(ourEnd);
  const cancel = () => pollable.cancel();
  abort.signal.addEventListener("abort", cancel);
  const sent = send(ourEnd, source, pollable, abort.signal).finally(() => {
    pollable.cancel();
    closeSync(ourEnd);
  });
  sent.catch(() => abort.abort());
  try {
    // A child that fails does not wait for the rest of the stream, which may take long or never come.
    await Promise.race([Promise.all([sent, result]), result.then(() => sent)]);
  } catch (error) {
    abort.abort();
    throw error;
  } finally {
    abort.signal.removeEventListener("abort", cancel);
  }
}

/**
 * What is left when the child has ended is read and dropped: a client that still sends sees its answer, not a broken
 * connection.
 */
async function send(
  fd: number,
  source: AsyncIterable<Uint8Array>,
  pollable: Pollable,
  signal: AbortSignal,
): Promise<void> {
  let gone = false;
  for await (const piece of source) {
    for (let at = 0; at < piece.length && !gone; ) {
      const count = await available(pollable, signal, POLLOUT, () => write(fd, piece, at));
      if (count === undefined || count === 0) gone = true;
      else at += count;
    }
  }
}

function write(fd: number, piece: Uint8Array, at: number): number {
  try {
    return writeSync(fd, piece, at, piece.length - at);
  } catch (error) {
    if (errnoOf(error) === "EPIPE") return 0;
    throw error;
  }
}

/** Tries until the pipe is ready for it; undefined when it is given up. */
async function available(
  pollable: Pollable,
  signal: AbortSignal,
  events: number,
  attempt: () => number,
): Promise<number | undefined> {
  for (;;) {
    if (signal.aborted) return undefined;
    try {
      return attempt();
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
    }
    await pollable.ready(events);
  }
}
