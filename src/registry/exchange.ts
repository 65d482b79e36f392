import { invalid } from "../errors/index.ts";
import { connectionFailure } from "./connection-failure.ts";
import { Watch } from "./watch.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What opens exactly `length` bytes; it is opened again when the request is made again. */
export interface BodyStream {
  readonly length: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string | BodyStream;
  readonly signal: AbortSignal;
  /** Milliseconds without a byte. */
  readonly idle: number;
  readonly tls?: Bun.TLSOptions;
  readonly proxy?: string;
}

/** The answer to a request. Its body is read once, or discarded. */
export class Reply {
  constructor(
    private readonly response: Response,
    readonly url: URL,
    private readonly watch: Watch,
    private readonly bodiless: boolean,
  ) {
    if (bodiless) watch.end();
  }

  get status(): number {
    return this.response.status;
  }

  get headers(): Headers {
    return this.response.headers;
  }

  /** The body as it comes. Errors: `unavailable` when the connection breaks, `cancelled`. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { watch, response } = this;
    if (this.bodiless) return;
    let complete = false;
    try {
      watch.arm();
      for await (const chunk of response.body ?? []) {
        watch.disarm();
        yield chunk;
        watch.arm();
      }
      complete = true;
    } catch (error) {
      throw connectionFailure(this.url, error, watch);
    } finally {
      if (complete) watch.end();
      else watch.stop();
    }
  }

  /** The whole body; `invalid` when it is longer than `limit`. */
  async bytes(limit: number): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.chunks()) {
      length += chunk.length;
      if (length > limit) throw invalid(`the answer of ${this.url.host} is longer than ${limit} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  }

  /** Gives the body up; what is short is read, so that the connection can serve again. */
  async discard(): Promise<void> {
    const length = Number(this.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
    if (!this.bodiless && length > 64 * 1024) return this.watch.stop();
    for await (const chunk of this.chunks()) void chunk;
  }
}

/**
 * One request and its answer, whatever that says; redirects are not followed. Errors: `unavailable` (no answer),
 * `cancelled`, and what the body's source throws.
 */
export async function exchange(request: HttpRequest): Promise<Reply> {
  const watch = new Watch(request.signal, request.idle);
  const source: { error?: unknown } = {};
  const { tls, proxy, body } = request;
  const streamed = typeof body === "object" && "open" in body;
  try {
    watch.arm();
    const response = await fetch(request.url.href, {
      method: request.method,
      headers: { ...request.headers, ...(streamed ? { "Content-Length": String(body.length) } : {}) },
      redirect: "manual",
      signal: watch.signal,
      // Content is taken as it is; its digest is that of the bytes on the wire.
      decompress: request.headers["Accept-Encoding"] !== "identity",
      proxy: proxy ?? "",
      ...(tls === undefined ? {} : { tls }),
      ...(body === undefined ? {} : { body: streamed ? watched(body.open(), watch, source) : body }),
    } as BunFetchRequestInit);
    watch.disarm();
    return new Reply(response, request.url, watch, request.method === "HEAD");
  } catch (error) {
    watch.end();
    if ("error" in source) throw source.error;
    throw connectionFailure(request.url, error, watch);
  }
}

/** The body's chunks. Only the time in which the connection holds a chunk counts as a wait. */
async function* watched(
  body: AsyncIterable<Uint8Array>,
  watch: Watch,
  source: { error?: unknown },
): AsyncGenerator<Uint8Array> {
  try {
    watch.disarm();
    for await (const chunk of body) {
      watch.arm();
      yield chunk;
      watch.disarm();
    }
    watch.arm();
  } catch (error) {
    source.error = error;
    throw error;
  }
}
