import type { NamedEndpoint } from "../model.ts";
import { reverseName } from "./reverse-name.ts";

/** The names of one network. Nothing is derived ahead of a question, so that a change counts for the very next one. */
export class Zone {
  readonly #endpoints = new Map<string, NamedEndpoint>();
  /** Lower-case names, each with the endpoints that have it by their ids, in the order in which they came. */
  readonly #byName = new Map<string, Map<string, NamedEndpoint>>();
  readonly #byReverseName = new Map<string, NamedEndpoint>();

  get isEmpty(): boolean {
    return this.#endpoints.size === 0;
  }

  /** Adds an endpoint, or gives it new names and addresses. */
  put(endpoint: NamedEndpoint): void {
    this.remove(endpoint.endpointId);
    this.#endpoints.set(endpoint.endpointId, endpoint);
    for (const name of namesOf(endpoint)) {
      const holders = this.#byName.get(name) ?? new Map<string, NamedEndpoint>();
      this.#byName.set(name, holders.set(endpoint.endpointId, endpoint));
    }
    for (const address of addressesOf(endpoint)) this.#byReverseName.set(reverseName(address), endpoint);
  }

  remove(endpointId: string): void {
    const endpoint = this.#endpoints.get(endpointId);
    if (endpoint === undefined) return;
    this.#endpoints.delete(endpointId);
    for (const name of namesOf(endpoint)) {
      const holders = this.#byName.get(name);
      holders?.delete(endpointId);
      if (holders?.size === 0) this.#byName.delete(name);
    }
    for (const address of addressesOf(endpoint)) {
      const name = reverseName(address);
      if (this.#byReverseName.get(name) === endpoint) this.#byReverseName.delete(name);
    }
  }

  /** The endpoints that have a name, which is lower case; undefined if nobody has it. */
  find(name: string): NamedEndpoint[] | undefined {
    const holders = this.#byName.get(name);
    return holders && [...holders.values()];
  }

  /** The endpoint whose address has this name in in-addr.arpa or ip6.arpa. */
  findReverse(name: string): NamedEndpoint | undefined {
    return this.#byReverseName.get(name);
  }
}

const namesOf = ({ names, canonical }: NamedEndpoint): Set<string> =>
  new Set([...names, canonical].map((name) => name.toLowerCase()));

function addressesOf({ ipv4, ipv6 }: NamedEndpoint): string[] {
  return [ipv4, ipv6].filter((address) => address !== undefined);
}
