import { messageOf, SlipwayError, unavailable } from "../errors/index.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Limits } from "./limits.ts";
import type { Reach } from "./reach.ts";
import { follow } from "./redirect.ts";

/** What is known of an endpoint from the answers it gave. */
export interface Contact {
  scheme?: "http" | "https";
  challenges?: readonly Challenge[];
}

/** How many endpoints are remembered. */
const capacity = 1000;

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
}

/**
 * The URL at whose `/v2/` an endpoint is. Only what may be insecure is tried out: https first, then http, as Docker does.
 * `unavailable` when neither answers.
 */
export async function baseOf(endpoint: Endpoint, contact: Contact, options: ProbeOptions): Promise<URL> {
  const { host } = endpoint;
  const scheme = endpoint.scheme ?? contact.scheme;
  if (scheme !== undefined) return new URL(`${scheme}://${host}`);
  const https = new URL(`https://${host}`);
  if (!(await options.reach.isInsecure(host))) return https;
  const http = new URL(`http://${host}`);
  const first = await attempt(https, contact, options);
  if (first === undefined) return https;
  const second = await attempt(http, contact, options);
  if (second === undefined) return http;
  throw unavailable(`${messageOf(second)} (with https: ${messageOf(first)})`, second.details);
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
    if (reply.status === 401) contact.challenges = parseChallenges(reply.headers.get("www-authenticate"));
    return undefined;
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "unavailable") return error;
    throw error;
  }
}
