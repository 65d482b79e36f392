import type { Writable } from "node:stream";
import type { ProgressMessage } from "../../api/index.ts";
import { asSlipwayError, cancelled } from "../../errors/index.ts";
import type { Exchange } from "./exchange.ts";

/** Resolves when a writable has room again, or will never have because it was closed. */
export function drained(stream: Writable): Promise<void> {
  if (stream.destroyed || !stream.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}

/** Sends chunks as the client takes them, and ends the answer. */
export async function sendChunks(exchange: Exchange, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const { response } = exchange;
  for await (const chunk of chunks) {
    if (!response.write(chunk)) await drained(response);
    if (response.destroyed) throw cancelled("the client went away");
  }
  response.end();
}

/** Sends one JSON value a line. */
export async function sendJsonLines(
  exchange: Exchange,
  values: AsyncIterable<unknown>,
  lineEnd = "\n",
): Promise<void> {
  await sendChunks(exchange, encodeLines(values, lineEnd));
}

async function* encodeLines(values: AsyncIterable<unknown>, lineEnd: string): AsyncGenerator<Uint8Array> {
  for await (const value of values) yield Buffer.from(JSON.stringify(value) + lineEnd);
}

/**
 * Sends a progress stream. What fails before the first message is an HTTP error; what fails later is the
 * stream's last message, because the status is sent by then.
 */
export async function sendProgress(
  exchange: Exchange,
  messages: AsyncIterable<ProgressMessage>,
): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]();
  const first = await iterator.next();
  exchange.begin("application/json");
  await sendChunks(exchange, encodeLines(reportingFailure(first, iterator), "\r\n"));
}

async function* reportingFailure(
  first: IteratorResult<ProgressMessage>,
  iterator: AsyncIterator<ProgressMessage>,
): AsyncGenerator<ProgressMessage> {
  let ended = false;
  try {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    ended = true;
  } catch (thrown) {
    ended = true;
    const { message } = asSlipwayError(thrown);
    yield { errorDetail: { message }, error: message };
  } finally {
    if (!ended) await iterator.return?.();
  }
}
