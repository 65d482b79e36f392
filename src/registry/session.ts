import { SlipwayError } from "../errors/index.ts";
import { Authorizer } from "./authorizer.ts";
import { parseChallenges } from "./challenge.ts";
import { isRefused, isUnreachable } from "./connection-failure.ts";
import { baseOf, type Contact, type Contacts } from "./contact.ts";
import type { Endpoint } from "./endpoint.ts";
import type { HttpRequest, Method, Reply } from "./exchange.ts";
import type { Limits } from "./limits.ts";
import type { Reach } from "./reach.ts";
import { follow } from "./redirect.ts";
import type { Credentials } from "./repository.ts";
import { retrying } from "./retry.ts";
import { type Grant, requestToken, type TokenWish } from "./token.ts";
import type { TokenStore } from "./token-store.ts";

export interface SessionRequest {
  readonly method: Method;
  /** Below `/v2/`, or a complete URL that the registry gave. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: NonNullable<HttpRequest["body"]>;
  /** What must be allowed: `repository:library/busybox:pull`. */
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
  /** How often it is tried, where the caller has a better way to go on than the same again. */
  readonly attempts?: number;
}

/** What all sessions of a process share. */
export interface SessionRooms {
  readonly tokens: TokenStore;
  readonly contacts: Contacts;
  readonly limits: Limits;
  readonly userAgent: string;
}

/** Requests to one endpoint: authorised, retried, redirected. */
export class Session {
  readonly limits: Limits;
  readonly #authorizer: Authorizer;
  readonly #contact: Contact;
  /** It answered this session, or others lately. */
  #reached = false;
  #answered = false;

  constructor(
    readonly endpoint: Endpoint,
    private readonly reach: Reach,
    credentials: Credentials,
    private readonly rooms: SessionRooms,
  ) {
    this.limits = rooms.limits;
    this.#contact = rooms.contacts.of(endpoint);
    this.#authorizer = new Authorizer(credentials, rooms.tokens, (wish) => this.grant(wish));
  }

  /** The final answer, whatever its status. */
  request(request: SessionRequest): Promise<Reply> {
    const attempts = request.attempts ?? this.limits.attempts;
    const send = () => this.#authorised(request);
    // What has answered may be gone for a moment; what never did is not there.
    const isFinal = (error: unknown) =>
      (!this.#reached && isUnreachable(error)) || (!this.#answered && isRefused(error));
    return retrying(send, { ...this.limits, attempts }, request.signal, isFinal);
  }

  /** The URL at whose `/v2/` the endpoint is. */
  async base(signal: AbortSignal): Promise<URL> {
    const { limits, userAgent } = this.rooms;
    const { reach } = this;
    const options = { reach, limits, userAgent, signal, isReached: this.#reached };
    const base = await baseOf(this.endpoint, this.#contact, options);
    this.#reached = true;
    return base;
  }

  /** A request, retried and redirected, with no more authorisation than its headers have. */
  ask(request: Omit<HttpRequest, "idle" | "tls" | "proxy">): Promise<Reply> {
    const headers = { "User-Agent": this.rooms.userAgent, ...request.headers };
    const { limits, reach } = this;
    const send = () => follow({ ...request, headers, idle: limits.connect }, reach);
    return retrying(send, limits, request.signal, isRefused);
  }

  /** Asks a token server. Others may wait for the same token, so that no single requester's end is its end. */
  async grant(wish: TokenWish, signal = new AbortController().signal): Promise<Grant> {
    const mayBePlain = await this.reach.isInsecure(wish.realm.host);
    return requestToken(wish, (request) => this.ask({ ...request, signal }), mayBePlain);
  }

  async #authorised(request: SessionRequest): Promise<Reply> {
    const base = await this.base(request.signal);
    const url = typeof request.path === "string" ? new URL(`/v2/${request.path}`, base) : request.path;
    for (let again = true; ; again = false) {
      const authorization = url.origin === base.origin ? await this.#authorization(base, request) : undefined;
      const reply = await this.#send(request, url, authorization);
      if (reply.status !== 401 || !again || reply.url.origin !== base.origin) return reply;
      const challenges = parseChallenges(reply.headers.get("www-authenticate"));
      this.#contact.challenges = challenges;
      if (!(await this.#authorizer.refused(challenges, base, request.scopes, authorization))) return reply;
      await reply.discard();
    }
  }

  #authorization(base: URL, { scopes, signal }: SessionRequest): Promise<string | undefined> {
    return this.#authorizer.authorization(this.#contact.challenges ?? [], base, scopes, signal);
  }

  async #send(request: SessionRequest, url: URL, authorization: string | undefined): Promise<Reply> {
    const { method, body, signal } = request;
    const headers = {
      "User-Agent": this.rooms.userAgent,
      ...request.headers,
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    };
    const rest = { signal, idle: this.limits.idle, ...(body === undefined ? {} : { body }) };
    try {
      const reply = await follow({ method, url, headers, ...rest }, this.reach);
      this.#answered = true;
      this.#contact.answered = performance.now();
      return reply;
    } catch (error) {
      if (error instanceof SlipwayError && error.kind === "unavailable") {
        // It may come back speaking another scheme.
        delete this.#contact.scheme;
        delete this.#contact.answered;
      }
      throw error;
    }
  }
}
