import { invalid, unavailable } from "../errors/index.ts";
import type { Descriptor } from "../oci/image.ts";
import type { Reply } from "./exchange.ts";
import { failureOf } from "./failure.ts";
import { attemptsFor, backOff, mayRetry, wait } from "./retry.ts";
import type { Session } from "./session.ts";

/** Bytes that a connection must have brought so that its end does not count as a failure in a row. */
const headway = 1024 * 1024;

export interface BlobSource {
  readonly session: Session;
  /** Of the repository, with the endpoint's prefix. */
  readonly name: string;
}

/**
 * The blob's bytes from `offset` on. A connection that breaks is taken up again where it broke; a source that fails for good
 * is followed by the next, which goes on from there.
 */
export async function* readBlob(
  sources: readonly BlobSource[],
  descriptor: Descriptor,
  offset: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const progress = { at: offset };
  let failure: unknown;
  for (const source of sources) {
    try {
      return yield* readFrom(source, descriptor, progress, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Everything that is missing, over as many connections as that takes. Each request has been retried when it fails. */
async function* readFrom(
  source: BlobSource,
  descriptor: Descriptor,
  progress: { at: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { limits } = source.session;
  for (let failures = 0; progress.at < descriptor.size; ) {
    const before = progress.at;
    const reply = await request(source, descriptor, before, { signal, attempts: limits.attempts - failures });
    try {
      for await (const chunk of bodyFrom(reply, descriptor, before)) {
        progress.at += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failures = progress.at - before >= headway ? 1 : failures + 1;
      if (!mayRetry(error) || failures >= attemptsFor(error, limits)) throw error;
      await wait(backOff(limits, failures), signal);
    }
  }
}

async function request(
  { session, name }: BlobSource,
  { digest }: Descriptor,
  offset: number,
  options: { signal: AbortSignal; attempts: number },
): Promise<Reply> {
  const reply = await session.request({
    method: "GET",
    path: `${name}/blobs/${digest}`,
    headers: { "Accept-Encoding": "identity", ...(offset > 0 ? { Range: `bytes=${offset}-` } : {}) },
    scopes: [`repository:${name}:pull`],
    ...options,
  });
  if (reply.status !== 200 && reply.status !== 206) throw await failureOf(reply);
  return reply;
}

/** What an answer has from `offset` on; it ends well only with the blob's last byte. */
async function* bodyFrom(
  reply: Reply,
  { digest, size }: Descriptor,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const { host } = reply.url;
  let at = await beginning(reply, offset, size);
  for await (const chunk of reply.chunks()) {
    if (at + chunk.length > size) throw invalid(`${host} sends more than the ${size} bytes of ${digest}`);
    const known = Math.min(Math.max(offset - at, 0), chunk.length);
    at += chunk.length;
    if (known < chunk.length) yield known === 0 ? chunk : chunk.subarray(known);
  }
  if (at < size) throw shortened(reply, `${host} ended ${digest} after ${at} of ${size} bytes`);
}

/** Part of a range may come for a request of all of it; a whole that ends early is a lie. */
function shortened({ status }: Reply, message: string): Error {
  return status === 206 ? unavailable(message, { errno: "EPIPE" }) : invalid(message);
}

/** At which byte of the blob the answer begins. */
async function beginning(reply: Reply, offset: number, size: number): Promise<number> {
  const { host } = reply.url;
  const length = Number(reply.headers.get("content-length") ?? Number.NaN);
  if (reply.status === 200) {
    if (Number.isNaN(length) || length === size) return 0;
    await reply.discard();
    throw invalid(`${host} announces ${length} bytes for a blob of ${size}`);
  }
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(reply.headers.get("content-range") ?? "");
  const [, from, , total] = range ?? [];
  if (Number(from) === offset && (total === "*" || Number(total) === size)) return offset;
  await reply.discard();
  throw invalid(
    `${host} answered with the range ${reply.headers.get("content-range")} instead of bytes ${offset}-${size - 1}/${size}`,
  );
}
