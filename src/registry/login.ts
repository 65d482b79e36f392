import { unauthorized } from "../errors/index.ts";
import { parseChallenges } from "./challenge.ts";
import type { Reply } from "./exchange.ts";
import { inWords, kindOf, reasonOf } from "./failure.ts";
import type { Credentials } from "./repository.ts";
import type { Session } from "./session.ts";
import { basic, realmOf } from "./token.ts";

export interface LoginResult {
  /** A refresh token to be kept instead of the password. */
  readonly identityToken?: string;
}

/**
 * Tries credentials out as Docker does: `/v2/` says how, and must say yes in the end. A registry that asks nobody says
 * yes to everybody. `unauthorized` with the registry's own reason.
 */
export async function logIn(
  session: Session,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<LoginResult> {
  const url = new URL("/v2/", await session.base(signal));
  const first = await session.ask({ method: "GET", url, headers: {}, signal });
  if (first.status !== 401) return await accepted(first);
  await first.discard();
  const challenges = parseChallenges(first.headers.get("www-authenticate"));
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  const realm = bearer === undefined ? undefined : realmOf(bearer, url);
  if (bearer === undefined || realm === undefined)
    return await proven(session, url, basic(credentials), signal);
  const service = bearer.parameters.service ?? "";
  const grant = await session.grant({ realm, service, scopes: [], credentials, offline: true }, signal);
  await proven(session, url, `Bearer ${grant.token}`, signal);
  return grant.identityToken === undefined ? {} : { identityToken: grant.identityToken };
}

async function proven(session: Session, url: URL, authorization: string, signal: AbortSignal) {
  return await accepted(
    await session.ask({ method: "GET", url, headers: { Authorization: authorization }, signal }),
  );
}

async function accepted(reply: Reply): Promise<LoginResult> {
  if (reply.status === 200) {
    await reply.discard();
    return {};
  }
  const reason = inWords(reply, await reasonOf(reply));
  const kind = reply.status === 401 ? unauthorized : kindOf(reply.status);
  throw kind(`login attempt to ${reply.url.href} failed with status: ${reply.status}: ${reason}`);
}
