import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Backend } from "../../engine/backend.ts";
import { notImplemented } from "../../errors/index.ts";
import { Query } from "../request/query.ts";
import type { ApiVersion } from "../version/api-version.ts";
import { commonHeaders } from "./headers.ts";

/** A connection that the HTTP parser has let go of. */
export interface Upgrade {
  /** What came right behind the request's head. */
  head: Buffer;
}

/** One request and its answer, as handlers see them. */
export class Exchange {
  #query: Query | undefined;
  #abort: AbortController | undefined;

  constructor(
    readonly backend: Backend,
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly version: ApiVersion,
    /** The part of the path that names the object, decoded. */
    readonly name: string,
    readonly search: string,
    readonly upgrade: Upgrade | undefined,
  ) {}

  /** Whether a hijacked connection is answered 101: like Docker's engine, when there is an Upgrade header. */
  get upgrades(): boolean {
    return this.upgrade !== undefined && this.request.headers.upgrade !== undefined;
  }

  get query(): Query {
    this.#query ??= new Query(this.search);
    return this.#query;
  }

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      this.response.once("close", () => {
        if (!this.response.writableFinished) abort.abort();
      });
      if (this.request.destroyed && this.response.destroyed) abort.abort();
    }
    return this.#abort.signal;
  }

  /** Answers with a JSON value and a newline, as Go's encoder does, in one write. */
  json(value: unknown, status = 200): void {
    this.bytes(Buffer.from(`${JSON.stringify(value)}\n`), "application/json", status);
  }

  bytes(body: Uint8Array, contentType: string, status = 200): void {
    this.head(status, { "Content-Type": contentType, "Content-Length": body.length });
    this.response.end(body);
  }

  /** Answers without a body. */
  empty(status = 204): void {
    this.head(status, status === 204 || status === 304 ? {} : { "Content-Length": 0 });
    this.response.end();
  }

  /** Sends the head of a streamed answer at once: clients wait for it before the body has a first byte. */
  begin(contentType: string, headers: OutgoingHttpHeaders = {}): void {
    this.head(200, { "Content-Type": contentType, ...headers });
    this.response.flushHeaders();
  }

  head(status: number, headers: OutgoingHttpHeaders): void {
    const connection = this.upgrade === undefined ? {} : { Connection: "close" };
    this.response.writeHead(status, { ...commonHeaders, ...headers, ...connection });
  }
}

export type Handler = (exchange: Exchange) => Promise<void> | void;

/** A handler for an endpoint that the engine does not have: 501 with what to do instead. */
export function unsupported(message: string): Handler {
  return () => {
    throw notImplemented(message);
  };
}
