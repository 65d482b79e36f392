import { isIPv6 } from "node:net";
import type { NamedEndpoint, ResolverSettings } from "../model.ts";
import { isHostName } from "./host-names.ts";
import { Zone } from "./zone.ts";

/** The addresses of a name, by family. */
export interface Addresses {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** The names of all networks, as one sandbox or another sees them. */
export class Directory {
  readonly #zones = new Map<string, Zone>();

  put(networkId: string, endpoint: NamedEndpoint): void {
    const zone = this.#zones.get(networkId) ?? new Zone();
    this.#zones.set(networkId, zone);
    zone.put(endpoint);
  }

  remove(networkId: string, endpointId: string): void {
    const zone = this.#zones.get(networkId);
    zone?.remove(endpointId);
    if (zone?.isEmpty) this.#zones.delete(networkId);
  }

  clear(): void {
    this.#zones.clear();
  }

  /**
   * The addresses of a name, undefined if there is no such name. Both the names of containers and those of networks
   * may have dots: "a.b.c" is the name "a.b.c" on any network, or "a.b" on the network "c", or "a" on "b.c".
   * The first network that knows a name decides, even if it has no address of the family in question.
   */
  find(question: string, settings: ResolverSettings): Addresses | undefined {
    const name = question.toLowerCase();
    for (let end = name.length; end > 0; end = name.lastIndexOf(".", end - 1)) {
      const network = name.slice(end + 1);
      const found = this.#findOn(name.slice(0, end), network, settings);
      if (found !== undefined) return byFamily(found.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]));
    }
    return isHostName(name) && settings.hostAddresses?.length ? byFamily(settings.hostAddresses) : undefined;
  }

  /** The full name of who has the address that a name in in-addr.arpa or ip6.arpa stands for. */
  findReverse(question: string, { networks }: ResolverSettings): string | undefined {
    for (const { networkId, name } of networks) {
      const endpoint = this.#zones.get(networkId)?.findReverse(question.toLowerCase());
      if (endpoint !== undefined) return `${endpoint.canonical}.${name}`;
    }
    return undefined;
  }

  /** A link hides what has its name on the networks. */
  #findOn(name: string, network: string, settings: ResolverSettings): NamedEndpoint[] | undefined {
    const target = linkTarget(name, settings) ?? name;
    for (const { networkId, name: networkName } of settings.networks) {
      if (network !== "" && network !== networkName.toLowerCase()) continue;
      const found = this.#zones.get(networkId)?.find(target);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function linkTarget(name: string, { links = {} }: ResolverSettings): string | undefined {
  const alias = Object.keys(links).find((it) => it.toLowerCase() === name);
  return alias === undefined ? undefined : links[alias]?.toLowerCase();
}

function byFamily(addresses: readonly (string | undefined)[]): Addresses {
  const distinct = [...new Set(addresses)].filter((address) => address !== undefined);
  return {
    ipv4: distinct.filter((address) => !isIPv6(address)),
    ipv6: distinct.filter((address) => isIPv6(address)),
  };
}
