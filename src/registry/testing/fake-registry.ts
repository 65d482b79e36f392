import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** A request that came, with its whole body. */
export interface Seen {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export type Behaviour = (response: ServerResponse, request: Seen) => void;

export interface FakeOptions {
  /** PEM texts; with `ca`, only clients that it vouches for come in. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Absent: one that is free. */
  readonly port?: number;
  /** Ends a request's connection after so many bytes of its body, the first time that these come. */
  readonly cutBodyAfter?: number;
}

/** A registry on loopback that does what a test says, however wrong, and remembers what it was asked. */
export class FakeRegistry implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly #scripts = new Map<string, Behaviour[]>();
  readonly #server: Server;
  #cutAfter: number;

  private constructor({ tls, cutBodyAfter }: FakeOptions) {
    this.#cutAfter = cutBodyAfter ?? Number.POSITIVE_INFINITY;
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    this.#server =
      tls === undefined
        ? createServer(serve)
        : (createTlsServer(
            { ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined },
            serve,
          ) as unknown as Server);
  }

  static async start(options: FakeOptions = {}): Promise<FakeRegistry> {
    const fake = new FakeRegistry(options);
    await new Promise<void>((listening) => fake.#server.listen(options.port ?? 0, "127.0.0.1", listening));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** `GET /v2/app/tags/list`, the query left out, is answered by these in turn, and by the last ever after. */
  on(request: string, ...behaviours: Behaviour[]): this {
    this.#scripts.set(request, behaviours);
    return this;
  }

  /** The requests of one method and path, the query left out. */
  asked(request: string): Seen[] {
    return this.seen.filter(({ method, path }) => `${method} ${path.split("?")[0]}` === request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A connection that has ended has taken its socket along.
    const { socket } = request;
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of request) {
        chunks.push(chunk);
        length += chunk.length;
        if (length < this.#cutAfter) continue;
        this.#cutAfter = Number.POSITIVE_INFINITY;
        socket.destroy();
        break;
      }
    } catch {
      // The client has gone away; what came until then is remembered.
    }
    const { method = "", url = "", headers } = request;
    const seen: Seen = { method, path: url, headers, body: Buffer.concat(chunks) };
    this.seen.push(seen);
    const script = this.#scripts.get(`${method} ${url.split("?")[0]}`) ?? [];
    const behave = script.length > 1 ? script.shift() : script[0];
    if (socket.destroyed) return;
    (behave ?? json(404, {}))(response, seen);
  }
}

type Headers = Record<string, string>;

export function json(status: number, document: unknown, headers: Headers = {}): Behaviour {
  return bytes(status, JSON.stringify(document), { "Content-Type": "application/json", ...headers });
}

/** A refusal as registries word it. */
export function refusal(status: number, code: string, message: string, headers: Headers = {}): Behaviour {
  return json(status, { errors: [{ code, message }] }, headers);
}

export function bytes(status: number, body: string | Uint8Array, headers: Headers = {}): Behaviour {
  return (response, { method }) => {
    response.writeHead(status, { "Content-Length": String(Buffer.byteLength(body)), ...headers });
    response.end(method === "HEAD" ? undefined : body);
  };
}

/**
 * Announces all, sends a part, and ends the connection: at once, or when the part has been seen, because what a
 * connection brought just before its end may be lost.
 */
export function cut(body: Uint8Array, after: number, seen: Promise<void> = Promise.resolve()): Behaviour {
  return (response) => {
    response.writeHead(200, { "Content-Length": String(body.length) });
    response.write(body.subarray(0, after));
    void seen.then(() => response.socket?.destroy());
  };
}

/** What a range of a blob is answered with; the whole without one. */
export function ranged(body: Uint8Array): Behaviour {
  return (response, request) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    const headers: Headers = from > 0 ? { "Content-Range": range } : {};
    bytes(from > 0 ? 206 : 200, body.subarray(from), headers)(response, request);
  };
}

/** Takes the request and never answers. */
export const hang: Behaviour = () => {};

/** Asks for what a test does not send: whoever lacks the right Authorization. */
export function only(authorization: string, challenge: string, then: Behaviour): Behaviour {
  return (response, request) =>
    request.headers.authorization === authorization
      ? then(response, request)
      : refusal(401, "UNAUTHORIZED", "authentication required", { "WWW-Authenticate": challenge })(
          response,
          request,
        );
}
