import { randomInt } from "node:crypto";
import type { Answer } from "dns-packet";
import type { ResolverSettings } from "../model.ts";
import type { Addresses, Directory } from "./directory.ts";
import type { Transport } from "./message.ts";
import type { Query } from "./query.ts";
import { answer } from "./response.ts";

/** Seconds for which askers may keep an answer: asking again costs less than an address that has gone to another. */
const TTL = 0;

/** The answer to a question that the networks of a sandbox can answer themselves; undefined for all other names. */
export function localAnswer(
  query: Query,
  transport: Transport,
  directory: Directory,
  settings: ResolverSettings,
): Buffer | undefined {
  const { name, type, internet } = query;
  if (!internet) return undefined;
  if (type === "PTR") {
    const owner = directory.findReverse(name, settings);
    return owner === undefined
      ? undefined
      : answer(query, [{ name, type, ttl: TTL, data: owner }], transport);
  }
  const addresses = directory.find(name, settings);
  if (addresses !== undefined) return answer(query, records(query, addresses), transport);
  const single = (type === "A" || type === "AAAA") && !name.includes(".");
  return single && settings.keepSingleLabels ? answer(query, [], transport) : undefined;
}

/** Of a type that a container does not have there is nothing, and nobody else to ask: its name is ours. */
function records({ name, type }: Query, { ipv4, ipv6 }: Addresses): Answer[] {
  if (type === "A") return rotated(ipv4).map((data) => ({ name, type, ttl: TTL, data }));
  if (type === "AAAA") return rotated(ipv6).map((data) => ({ name, type, ttl: TTL, data }));
  return [];
}

/** Every address comes first equally often. */
function rotated(addresses: readonly string[]): readonly string[] {
  if (addresses.length < 2) return addresses;
  const first = randomInt(addresses.length);
  return [...addresses.slice(first), ...addresses.slice(0, first)];
}
