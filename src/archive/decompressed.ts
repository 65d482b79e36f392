import { invalid, messageOf, SlipwayError, unavailable } from "../errors/index.ts";

export type Compression = "gzip" | "zstd" | "xz" | "bzip2";

const magics: readonly [name: Compression, bytes: readonly number[]][] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/**
 * An archive's own bytes, whichever compression its first bytes tell; with `only` others than these are left as they
 * are. Damage is `invalid`.
 */
export async function* decompressed(
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
  only?: readonly Compression[],
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < 6) {
    const next = await iterator.next();
    if (next.done) break;
    held.push(next.value);
    length += next.value.length;
  }
  const start = Buffer.concat(held);
  const whole = rejoin(start, iterator);
  const compression = magics.find(([, magic]) => magic.every((byte, at) => start[at] === byte))?.[0];
  if (compression === undefined || only?.includes(compression) === false) yield* whole;
  else if (compression === "gzip" || compression === "zstd") yield* inProcess(whole, compression);
  else yield* byChild(whole, compression, signal);
}

async function* rejoin(start: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/**
 * zlib and zstd of the platform work on a thread of their own. Loading them takes a process some 20 ms: most read no archive
 * that is compressed.
 */
async function* inProcess(
  source: AsyncIterable<Uint8Array>,
  compression: "gzip" | "zstd",
): AsyncGenerator<Uint8Array> {
  const { Readable } = await import("node:stream");
  const { createGunzip, createZstdDecompress } = await import("node:zlib");
  const options = { chunkSize: 1 << 18 };
  const decoder = compression === "gzip" ? createGunzip(options) : createZstdDecompress(options);
  const input = Readable.from(source, { objectMode: false });
  input.on("error", (error) => decoder.destroy(error));
  input.pipe(decoder);
  try {
    yield* decoder as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw invalid(`the archive's ${compression} compression is damaged or truncated: ${messageOf(error)}`);
  } finally {
    input.destroy();
    decoder.destroy();
  }
}

async function* byChild(
  source: AsyncIterable<Uint8Array>,
  program: "xz" | "bzip2",
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const path = Bun.which(program);
  if (path === null) {
    const hint = program === "xz" ? "xz-utils" : program;
    throw unavailable(`the archive is compressed with ${program}, which this host lacks: install ${hint}`);
  }
  const child = Bun.spawn([path, "-dc"], {
    stdin: streamOf(source),
    stdout: "pipe",
    stderr: "pipe",
    ...(signal === undefined ? {} : { signal }),
    killSignal: "SIGKILL",
  });
  try {
    yield* child.stdout;
    const [complaint] = (await new Response(child.stderr).text()).trim().split("\n");
    if ((await child.exited) !== 0)
      throw invalid(`the archive's ${program} compression is damaged: ${complaint}`);
  } finally {
    child.kill("SIGKILL");
  }
}

function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
}
