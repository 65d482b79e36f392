import type { Address } from "./host.ts";
import { bodyFraming, readBody } from "./transport/body.ts";
import { aborted, Connection } from "./transport/connection.ts";
import { failure } from "./transport/failure.ts";
import { type ResponseHead, readHead } from "./transport/head.ts";
import { encodeRequest, type RequestOptions, sendChunked } from "./transport/request.ts";

/** An answer whose body must be read to its end, or given up through the request's signal. */
export interface Response extends ResponseHead {
  body: AsyncIterable<Uint8Array>;
}

export interface ClientOptions {
  /** The API version to ask for, such as `1.44`; without it the engine answers in its newest. */
  version?: string;
  /** Sent with every request. */
  headers?: Record<string, string>;
}

/**
 * Talks to one engine. Calls that follow each other share a connection; calls at the same time have one
 * each. An idle connection does not keep the process alive.
 */
export class Client {
  #idle: Connection | undefined;

  constructor(
    readonly address: Address,
    readonly options: ClientOptions = {},
  ) {}

  /** Sends a request; answers of 300 and more are thrown as SlipwayErrors. */
  async request(options: RequestOptions): Promise<Response> {
    const response = await this.exchange(options);
    if (response.status >= 300) throw failure(response.status, await text(response.body));
    return response;
  }

  /** Sends a request and parses its JSON answer. */
  async json<T>(options: RequestOptions): Promise<T> {
    return JSON.parse(await text((await this.request(options)).body)) as T;
  }

  /** Sends a request whose answer has no body of interest. */
  async call(options: RequestOptions): Promise<void> {
    await text((await this.request(options)).body);
  }

  /** As `request`, with every status an answer. */
  async exchange(options: RequestOptions): Promise<Response> {
    options.signal?.throwIfAborted();
    const reused = this.#takeIdle();
    try {
      return await this.#send(reused ?? (await Connection.open(this.address)), options);
    } catch (error) {
      // The engine may have ended an idle connection just as it was reused. What changes nothing can be
      // asked again; for the rest nobody knows whether it was done.
      const repeatable = options.method === "GET" || options.method === "HEAD";
      if (reused === undefined || !repeatable || options.signal?.aborted) throw error;
      return await this.#send(await Connection.open(this.address), options);
    }
  }

  close(): void {
    this.#takeIdle()?.destroy();
  }

  #takeIdle(): Connection | undefined {
    const connection = this.#idle;
    this.#idle = undefined;
    if (connection === undefined || connection.idle) {
      connection?.ref();
      return connection;
    }
    connection.destroy();
    return undefined;
  }

  async #send(connection: Connection, options: RequestOptions): Promise<Response> {
    const { signal, body } = options;
    const give = () => connection.destroy(aborted(signal!));
    signal?.addEventListener("abort", give, { once: true });
    try {
      await connection.write(encodeRequest(options, this.options.version, this.options.headers));
      const head =
        body !== undefined && "stream" in body
          ? await (body.alongside === true ? converse : upload)(connection, body.stream)
          : { ...(await readHead(connection)), reusable: true };
      const release = (finished: boolean) => {
        signal?.removeEventListener("abort", give);
        if (finished && head.reusable && head.headers.get("connection") !== "close") this.#keep(connection);
        else connection.destroy();
      };
      return { ...head, body: finishing(connection, options.method, head, release) };
    } catch (error) {
      signal?.removeEventListener("abort", give);
      connection.destroy();
      throw error;
    }
  }

  #keep(connection: Connection): void {
    if (this.#idle !== undefined || !connection.idle) {
      connection.destroy();
      return;
    }
    connection.unref();
    this.#idle = connection;
  }
}

/** Sends a body while it waits for the answer, which ends the upload when it comes first. */
async function upload(
  connection: Connection,
  stream: AsyncIterable<Uint8Array>,
): Promise<ResponseHead & { reusable: boolean }> {
  let answered = false;
  let failed: unknown;
  const sending = sendChunked(connection, stream, () => answered).then(
    () => !answered,
    (error: unknown) => {
      failed = error;
      // Without an answer to come, the reader would wait for ever: the source failed, not the engine.
      if (!answered) connection.destroy(error instanceof Error ? error : new Error(String(error)));
      return false;
    },
  );
  try {
    const head = await readHead(connection);
    const complete = await Promise.race([sending, Promise.resolve(false)]);
    answered = true;
    return { ...head, reusable: complete };
  } catch (error) {
    answered = true;
    throw failed ?? error;
  }
}

/** Sends a body while the answer comes, to its end. */
async function converse(
  connection: Connection,
  stream: AsyncIterable<Uint8Array>,
): Promise<ResponseHead & { reusable: boolean }> {
  sendChunked(connection, stream, () => false).catch((error: unknown) => {
    connection.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return { ...(await readHead(connection)), reusable: false };
}

async function* finishing(
  connection: Connection,
  method: string,
  head: ResponseHead,
  release: (finished: boolean) => void,
): AsyncGenerator<Uint8Array> {
  const framing = bodyFraming(method, head);
  let finished = false;
  try {
    yield* readBody(connection, framing);
    finished = framing !== "until-close";
  } finally {
    release(finished);
  }
}

/** All of a body as text. */
export async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
