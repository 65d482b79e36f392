import { systemError } from "../../errors/index.ts";
import { type Connection, closedByEngine } from "./connection.ts";
import type { ResponseHead } from "./head.ts";

/** How a response's body ends (RFC 9112, section 6.3). */
export type BodyFraming = { length: number } | "chunked" | "until-close";

export function bodyFraming(method: string, head: ResponseHead): BodyFraming {
  if (method === "HEAD" || head.status === 204 || head.status === 304) return { length: 0 };
  if (head.headers.get("transfer-encoding")?.toLowerCase() === "chunked") return "chunked";
  const length = head.headers.get("content-length");
  return length === undefined ? "until-close" : { length: Number(length) };
}

export function readBody(connection: Connection, framing: BodyFraming): AsyncGenerator<Uint8Array> {
  if (framing === "chunked") return readChunked(connection);
  return framing === "until-close" ? readToEnd(connection) : readLength(connection, framing.length);
}

async function* readToEnd(connection: Connection): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = await connection.read();
    if (chunk === undefined) return;
    yield chunk;
  }
}

async function* readLength(connection: Connection, length: number): AsyncGenerator<Uint8Array> {
  for (let left = length; left > 0; ) {
    const chunk = await readMore(connection);
    const piece = chunk.subarray(0, left);
    connection.unread(chunk.subarray(piece.length));
    left -= piece.length;
    yield piece;
  }
}

async function* readChunked(connection: Connection): AsyncGenerator<Uint8Array> {
  for (;;) {
    const line = await readLine(connection);
    const size = Number.parseInt(line, 16);
    if (Number.isNaN(size))
      throw systemError(`the engine's answer has a bad chunk size ${JSON.stringify(line)}`);
    if (size > 0) yield* readLength(connection, size);
    const trailer = await readLine(connection);
    if (size === 0) {
      for (let rest = trailer; rest !== ""; ) rest = await readLine(connection);
      return;
    }
  }
}

const MAX_LINE_BYTES = 8192;

async function readLine(connection: Connection): Promise<string> {
  for (let line = ""; line.length < MAX_LINE_BYTES; ) {
    const chunk = await readMore(connection);
    const end = chunk.indexOf(0x0a);
    line += Buffer.from(end < 0 ? chunk : chunk.subarray(0, end)).toString("latin1");
    if (end >= 0) {
      connection.unread(chunk.subarray(end + 1));
      return line.replace(/\r$/, "");
    }
  }
  throw systemError("the engine's answer has an endless line");
}

async function readMore(connection: Connection): Promise<Uint8Array> {
  const chunk = await connection.read();
  if (chunk === undefined) throw closedByEngine();
  return chunk;
}
