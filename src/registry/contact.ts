import { errnoOf, messageOf, SlipwayError, unavailable } from "../errors/index.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Limits } from "./limits.ts";
import type { Reach } from "./reach.ts";
import { follow } from "./redirect.ts";

/** What is known of an endpoint from the answers it gave. */
export interface Contact {
  scheme?: "http" | "https";
  challenges?: readonly Challenge[];
  /** When it answered last, by the process's clock (`performance.now`). */
  answered?: number;
}

/** How many endpoints are remembered. */
const capacity = 1000;

/** Milliseconds for which an endpoint that answered is taken to be there. */
const fresh = 60_000;

/** What is known of endpoints. */
export class Contacts {
  readonly #known = new Map<string, Contact>();

  of({ scheme, host }: Endpoint): Contact {
    const key = `${scheme ?? ""}//${host}`;
    const contact = this.#known.get(key) ?? {};
    this.#known.delete(key);
    this.#known.set(key, contact);
    const [oldest] = this.#known.keys();
    if (this.#known.size > capacity && oldest !== undefined) this.#known.delete(oldest);
    return contact;
  }
}

export interface ProbeOptions {
  readonly reach: Reach;
  readonly limits: Limits;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** Whether the endpoint answered whoever asks: then it is not tried out again. */
  readonly isReached: boolean;
}

/**
 * The URL at whose `/v2/` an endpoint is. One that has not answered lately is tried out first, as Docker does, so that
 * a host that takes no connections is told soon: `unavailable`. What may be insecure is asked with https, then with http.
 */
export async function baseOf(endpoint: Endpoint, contact: Contact, options: ProbeOptions): Promise<URL> {
  const { host } = endpoint;
  const [scheme, other] = await schemesOf(endpoint, contact, options.reach);
  const base = new URL(`${scheme}://${host}`);
  const isKnown = options.isReached || performance.now() - (contact.answered ?? -Infinity) < fresh;
  if (other === undefined && isKnown) return base;
  const first = await attempt(base, contact, options);
  if (first === undefined) return base;
  if (other === undefined) throw first;
  const second = await attempt(new URL(`${other}://${host}`), contact, options);
  if (second === undefined) return new URL(`${other}://${host}`);
  throw unavailable(`${messageOf(second)} (with ${scheme}: ${messageOf(first)})`, second.details);
}

type Schemes = readonly ["http" | "https", "http"?];

async function schemesOf(endpoint: Endpoint, contact: Contact, reach: Reach): Promise<Schemes> {
  const known = endpoint.scheme ?? contact.scheme;
  if (known !== undefined) return [known];
  return (await reach.isInsecure(endpoint.host)) ? ["https", "http"] : ["https"];
}

/** Why nothing answers there; undefined when something does, and then it is remembered. */
async function attempt(
  base: URL,
  contact: Contact,
  options: ProbeOptions,
): Promise<SlipwayError | undefined> {
  const { reach, limits, userAgent, signal } = options;
  try {
    const reply = await follow(
      {
        method: "GET",
        url: new URL("/v2/", base),
        headers: { "User-Agent": userAgent },
        signal,
        idle: limits.connect,
      },
      reach,
    );
    await reply.discard();
    contact.scheme = base.protocol === "https:" ? "https" : "http";
    contact.answered = performance.now();
    if (reply.status === 401) contact.challenges = parseChallenges(reply.headers.get("www-authenticate"));
    return undefined;
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.kind !== "unavailable") throw error;
    if (errnoOf(error) !== "ETIMEDOUT") return error;
    const seconds = limits.connect / 1000;
    return unavailable(`${base.host} cannot be reached: no answer within ${seconds} s`, error.details);
  }
}
