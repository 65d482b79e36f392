import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isCidr, isLoopback, parseAddresses } from "./addresses.ts";
import { ruleFor } from "./rules.ts";
import type { RegistrySettings } from "./settings.ts";

/**
 * Whether a host (`name:port`) may speak plain HTTP or show a certificate that nobody vouches for: it is named, or it
 * has an address that is loopback or in a CIDR that is named.
 */
export async function isInsecure(host: string, settings: RegistrySettings): Promise<boolean> {
  const configured = ruleFor(host, settings.rules)?.insecure;
  if (configured !== undefined) return configured;
  const { hostname } = new URL(`http://${host}`);
  const name = hostname.replace(/^\[|\]$/g, "");
  if (name === "localhost" || settings.insecure.includes(host) || settings.insecure.includes(name))
    return true;
  const named = parseAddresses(settings.insecure.filter(isCidr));
  const addresses = isIP(name) === 0 ? await addressesOf(name) : [name];
  return addresses.some((address) => isLoopback(address) || named.has(address));
}

/** None when the name cannot be resolved, which the request that follows will say. */
async function addressesOf(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
