import { headerSize, isArchive } from "../../archive/index.ts";
import { invalid, messageOf, unavailable } from "../../errors/index.ts";
import { putArchive } from "../../layers/index.ts";
import type { BuildJob } from "../job.ts";
import { internalStep } from "../progress/index.ts";

/** What is no archive is a Dockerfile, of at most so many bytes. */
const maxDockerfile = 1 << 20;

/** Fetches a context of the web: a tar archive, plain or compressed, which is unpacked, or else a Dockerfile. */
export async function fetchContext(
  job: BuildJob,
  url: string,
): Promise<{ directory: string } | { text: string }> {
  // The HTTP client would read files of this host, too.
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw invalid(
      `the build context ${JSON.stringify(url)} could not be recognized as URL: use http:// or https://`,
    );
  const { progress, place, signal } = job;
  return await internalStep(progress, `[internal] load remote build context ${url}`, async () => {
    const response = await ask(url, signal);
    const pieces = response.body?.[Symbol.asyncIterator]() as AsyncIterator<Uint8Array> | undefined;
    if (pieces === undefined) throw invalid(`${url} has no content`);
    const begin = await read(pieces, headerSize);
    if (!isArchive(begin)) {
      const text = Buffer.concat([begin, await read(pieces, maxDockerfile + 1)]);
      if (text.length <= maxDockerfile) return { text: text.toString() };
      throw invalid(`${url} is no tar archive, and too large for a Dockerfile`);
    }
    const directory = place.directory();
    await putArchive({ root: directory }, "/", following(begin, pieces), {}, signal);
    return { directory };
  });
}

async function ask(url: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable(`cannot fetch the build context ${url}: ${messageOf(error)}`, { cause: error });
  }
  if (response.ok) return response;
  throw invalid(`cannot fetch the build context ${url}: the server answers ${response.status}`);
}

/** At least so many bytes, or all that there is. */
async function read(pieces: AsyncIterator<Uint8Array>, bytes: number): Promise<Buffer> {
  const held: Uint8Array[] = [];
  for (let length = 0; length < bytes; ) {
    const next = await pieces.next();
    if (next.done) break;
    held.push(next.value);
    length += next.value.length;
  }
  return Buffer.concat(held);
}

async function* following(begin: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield begin;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
