import { systemError } from "../../errors/index.ts";
import { type Connection, closedByEngine } from "./connection.ts";

/** The status line and the headers of a response; header names are in lower case. */
export interface ResponseHead {
  status: number;
  headers: Map<string, string>;
}

const MAX_HEAD_BYTES = 64 * 1024;
const endOfHead = Buffer.from("\r\n\r\n");

/** Reads a response's head and leaves what follows it in the connection. */
export async function readHead(connection: Connection): Promise<ResponseHead> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const chunk = await connection.read();
    if (chunk === undefined) throw closedByEngine();
    bytes =
      bytes.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf(endOfHead);
    if (end >= 0) {
      connection.unread(bytes.subarray(end + endOfHead.length));
      const head = parseHead(bytes.toString("latin1", 0, end));
      if (head.status !== 100) return head;
      bytes = Buffer.alloc(0);
    } else if (bytes.length > MAX_HEAD_BYTES) {
      throw systemError("the engine's answer has no end of headers; is it an HTTP server?");
    }
  }
}

function parseHead(text: string): ResponseHead {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
  if (!status)
    throw systemError(`the engine's answer is not HTTP: ${JSON.stringify(statusLine.slice(0, 80))}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status, headers };
}
