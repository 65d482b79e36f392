import type { IncomingMessage } from "node:http";
import { invalid } from "../../errors/index.ts";
import { type Decoder, decode } from "../request/decode.ts";
import type { Exchange } from "./exchange.ts";

/** Far beyond what a client of ours or Docker's sends, and little enough to hold. */
const MAX_JSON_BYTES = 16 << 20;

/** A JSON body checked against a decoder; undefined when the body is empty or `null`. */
export async function readJson<T>(exchange: Exchange, decoder: Decoder<T>): Promise<T | undefined> {
  const text = await readText(exchange.request);
  if (text.trim() === "") return undefined;
  const value = parse(text);
  return value === null ? undefined : decode(decoder, value);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_JSON_BYTES)
      throw invalid(`the request's JSON body is larger than ${MAX_JSON_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`invalid JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** A request's body as it comes; the client is slowed down to the speed of its reader. */
export function readStream(exchange: Exchange): AsyncIterable<Uint8Array> {
  return exchange.request as AsyncIterable<Uint8Array>;
}
