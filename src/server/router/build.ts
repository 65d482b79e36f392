import type { BuildMessage } from "../../api/index.ts";
import { invalid, SlipwayError } from "../../errors/index.ts";
import { readStream } from "../http/body.ts";
import { type Exchange, unsupported } from "../http/exchange.ts";
import { sendChunks, sendJsonLines, sendProgress } from "../http/stream.ts";
import { buildRequest } from "../request/build.ts";
import { classicBuild } from "../request/classic-build.ts";
import { decode } from "../request/decode.ts";
import { type ClassicOptions, ClassicStream } from "./classic-stream.ts";
import type { Route } from "./router.ts";

const unsupportedSession = unsupported(
  "BuildKit's protocol is not supported yet: build with DOCKER_BUILDKIT=0, or with slipway build",
);

/** Docker's: the context, a tar archive, is the body. */
async function classic(exchange: Exchange): Promise<void> {
  const { backend, query, request, signal } = exchange;
  const build = classicBuild(query, request);
  const messages = backend.builds.build(build, readStream(exchange), signal);
  const options = {
    quiet: query.boolean("q"),
    remove: query.string("rm") === undefined || query.boolean("rm"),
    forceRemove: query.boolean("forcerm"),
  };
  await sendProgress(exchange, inClassicWords(messages, options));
}

/** What fails before there is something to tell is an HTTP error, as with Docker. */
async function* inClassicWords(messages: AsyncIterable<BuildMessage>, options: ClassicOptions) {
  const stream = new ClassicStream(options);
  for await (const message of messages) {
    if (message.error !== undefined && !stream.begun)
      throw new SlipwayError(message.error.kind, message.error.message);
    yield* stream.tell(message);
  }
}

/** Slipway's: the first line is the request, and what is behind it an archive. */
async function build(exchange: Exchange): Promise<void> {
  const { backend, signal } = exchange;
  const { line, rest } = await firstLine(readStream(exchange));
  const messages = backend.builds.build(decode(buildRequest, parse(line)), rest, signal);
  exchange.begin("application/json");
  await sendJsonLines(exchange, messages);
}

/** Secrets are a part of it, and Dockerfiles. */
const maxLine = 64 << 20;

async function firstLine(body: AsyncIterable<Uint8Array>) {
  const pieces = body[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let size = 0;
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    const piece = Buffer.from(next.value);
    const end = piece.indexOf("\n");
    held.push(end < 0 ? piece : piece.subarray(0, end));
    size += piece.length;
    if (end >= 0)
      return { line: Buffer.concat(held).toString(), rest: following(piece.subarray(end + 1), pieces) };
    if (size > maxLine) throw invalid(`the build request is larger than ${maxLine} bytes`);
  }
  return { line: Buffer.concat(held).toString(), rest: following(new Uint8Array(), pieces) };
}

async function* following(begin: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (begin.length > 0) yield begin;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid("the build request is no JSON", { cause });
  }
}

async function output(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const chunks = backend.builds.output(name, query.integer("index") ?? 0, signal);
  exchange.begin("application/x-tar");
  await sendChunks(exchange, chunks);
}

function cancel(exchange: Exchange): void {
  exchange.backend.builds.cancel(exchange.query.required("id"));
  exchange.empty();
}

async function prune(exchange: Exchange): Promise<void> {
  const { backend, query } = exchange;
  // The first is what it was called before API version 1.48.
  const reservedSpace = query.integer("reserved-space") ?? query.integer("keep-storage");
  const [maxUsedSpace, minFreeSpace] = [query.integer("max-used-space"), query.integer("min-free-space")];
  exchange.json(
    await backend.builds.prune({
      dryRun: query.boolean("dry-run"),
      all: query.boolean("all"),
      filters: query.filters(),
      ...(reservedSpace === undefined ? {} : { reservedSpace }),
      ...(maxUsedSpace === undefined ? {} : { maxUsedSpace }),
      ...(minFreeSpace === undefined ? {} : { minFreeSpace }),
    }),
  );
}

async function usage(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.builds.usage(exchange.query.filters()));
}

export const buildRoutes: Route[] = [
  ["POST", "/build", classic],
  ["POST", "/build/cancel", cancel],
  ["POST", "/build/prune", prune],
  ["GET", "/build/cache", usage],
  ["POST", "/builds", build],
  ["GET", "/builds/{name}/outputs", output],
  ["POST", "/session", unsupportedSession],
  ["POST", "/grpc", unsupportedSession],
];
