import { createHash } from "node:crypto";
import { forbidden, invalid } from "../errors/index.ts";
import type { Challenge } from "./challenge.ts";
import type { HttpRequest, Reply } from "./exchange.ts";
import { failureOf, parseObject } from "./failure.ts";
import { maxAnswer } from "./limits.ts";
import type { Credentials } from "./repository.ts";

/** What a token server gives. */
export interface Grant {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  /** A refresh token, when one was asked for. */
  readonly identityToken?: string;
}

export interface TokenWish {
  readonly realm: URL;
  readonly service: string;
  readonly scopes: readonly string[];
  readonly credentials: Credentials;
  /** Asks for a refresh token, too: a login. */
  readonly offline?: boolean;
}

/** How a token server is asked: with retries, over the right connection. */
export type Ask = (request: Pick<HttpRequest, "method" | "url" | "headers" | "body">) => Promise<Reply>;

const clientId = "docker";
/** Seconds that a token is good for when the server does not say, and at least (distribution, spec/auth/token). */
const shortest = 60;

/** The token server and what is asked of it, without secrets in clear: under what a token is remembered. */
export function keyOf({ realm, service, scopes, credentials }: TokenWish): string {
  const secret = createHash("sha256").update(JSON.stringify(credentials)).digest("hex");
  return JSON.stringify([realm.href, service, [...scopes].sort(), secret]);
}

/** `undefined` for a challenge that names no token server. */
export function realmOf({ parameters }: Challenge, registry: URL): URL | undefined {
  const { realm } = parameters;
  return realm !== undefined && URL.canParse(realm, registry.href) ? new URL(realm, registry) : undefined;
}

/**
 * Asks a token server (distribution, spec/auth/token.md and oauth.md). Errors: `unauthorized` with the server's reason,
 * `forbidden` when a password would travel in clear.
 */
export async function requestToken(wish: TokenWish, ask: Ask, mayBePlain: boolean): Promise<Grant> {
  const { realm, credentials } = wish;
  const secret = credentials.identityToken ?? credentials.password;
  if (realm.protocol !== "https:" && secret !== undefined && !mayBePlain) {
    throw forbidden(
      `the token server ${realm.origin} would get your password in clear: use https, or name ${realm.host} among insecure-registries`,
    );
  }
  const asked = Date.now();
  const reply = await ask(credentials.identityToken === undefined ? byBasic(wish) : byRefreshToken(wish));
  if (reply.status !== 200) throw await failureOf(reply);
  const grant = parseObject(new TextDecoder().decode(await reply.bytes(maxAnswer)));
  const token = grant?.token || grant?.access_token;
  if (grant === undefined || typeof token !== "string")
    throw invalid(`the token server ${realm.host} answered without a token`);
  return {
    token,
    expires: expiry(grant, asked),
    ...(typeof grant.refresh_token === "string" ? { identityToken: grant.refresh_token } : {}),
  };
}

function byBasic({ realm, service, scopes, credentials, offline }: TokenWish) {
  const url = new URL(realm);
  if (service !== "") url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  const headers: Record<string, string> = {};
  if (credentials.username !== undefined && credentials.password !== undefined) {
    url.searchParams.set("account", credentials.username);
    headers.Authorization = basic(credentials);
  }
  if (offline) {
    url.searchParams.set("offline_token", "true");
    url.searchParams.set("client_id", clientId);
  }
  return { method: "GET" as const, url, headers };
}

function byRefreshToken({ realm, service, scopes, credentials }: TokenWish) {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: credentials.identityToken ?? "",
    service,
    client_id: clientId,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
  });
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return { method: "POST" as const, url: realm, headers, body: form.toString() };
}

export function basic({ username = "", password = "" }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A server's clock that is ahead of ours gives nobody more time. */
function expiry(grant: Record<string, unknown>, asked: number): number {
  const seconds = typeof grant.expires_in === "number" ? grant.expires_in : shortest;
  const issued = typeof grant.issued_at === "string" ? Date.parse(grant.issued_at) : Number.NaN;
  const since = Number.isNaN(issued) ? asked : Math.min(issued, asked);
  return since + Math.max(seconds, shortest) * 1000;
}
