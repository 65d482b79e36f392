import type { Connection } from "./connection.ts";

/** JSON (any value but bytes), or bytes that are sent as they come. */
export type RequestBody =
  | { json: unknown }
  | {
      stream: AsyncIterable<Uint8Array>;
      contentType?: string;
      /** The answer begins while the body is being sent; otherwise an answer ends the sending. */
      alongside?: boolean;
    };

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface RequestOptions {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  path: string;
  /** Absent and undefined values are left out, lists repeat the name, booleans are 1 or 0. */
  query?: Record<string, QueryValue>;
  headers?: Record<string, string>;
  body?: RequestBody;
  /** Gives the request up, also while its answer streams. */
  signal?: AbortSignal | undefined;
}

export function target(options: RequestOptions, version: string | undefined): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      parts.push(`${name}=${encodeURIComponent(one === true ? "1" : one === false ? "0" : String(one))}`);
    }
  }
  const prefix = version === undefined ? "" : `/v${version}`;
  return `${prefix}${options.path}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}

/** The request's head, with its body when that is JSON: one write for an ordinary call. */
export function encodeRequest(
  options: RequestOptions,
  version: string | undefined,
  headers: Record<string, string> = {},
): Uint8Array {
  const { body } = options;
  const json = body !== undefined && "json" in body ? JSON.stringify(body.json) : "";
  let head = `${options.method} ${target(options, version)} HTTP/1.1\r\nHost: slipway\r\nUser-Agent: slipway\r\n`;
  for (const [name, value] of Object.entries({ ...headers, ...options.headers }))
    head += `${name}: ${value}\r\n`;
  if (body !== undefined && "stream" in body) {
    head += `Content-Type: ${body.contentType ?? "application/x-tar"}\r\nTransfer-Encoding: chunked\r\n`;
  } else if (body !== undefined) {
    head += `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n`;
  } else if (options.method === "POST" || options.method === "PUT") {
    head += "Content-Length: 0\r\n";
  }
  return Buffer.from(`${head}\r\n${json}`);
}

const lineEnd = Buffer.from("\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");

/** Sends a body in chunked coding; stops early when `stopped` says that the answer has come already. */
export async function sendChunked(
  connection: Connection,
  stream: AsyncIterable<Uint8Array>,
  stopped: () => boolean,
): Promise<void> {
  for await (const chunk of stream) {
    if (stopped()) return;
    if (chunk.length === 0) continue;
    await connection.write(Buffer.from(`${chunk.length.toString(16)}\r\n`));
    await connection.write(chunk);
    await connection.write(lineEnd);
  }
  if (!stopped()) await connection.write(lastChunk);
}
