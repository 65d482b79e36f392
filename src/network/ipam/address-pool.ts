import { conflict, exhausted, invalid } from "../../errors/index.ts";
import type { SubnetSettings } from "../model.ts";
import {
  type Address,
  bitsOf,
  contains,
  formatAddress,
  formatSubnet,
  lastOf,
  parseAddress,
  parseSubnet,
  type Subnet,
  within,
} from "./subnet.ts";

/**
 * The addresses of one block of a network, IPv4 or IPv6. Each is handed out to at most one holder at a time, the
 * next one after the last, so that an address just freed rests as long as possible (peers may still have it in
 * their caches).
 */
export class AddressPool {
  readonly subnet: Subnet;
  /** What is never handed out, and whose it is. */
  readonly #reserved = new Map<bigint, string>();
  readonly #used = new Set<bigint>();
  /** The first and the last address handed out without being asked for. */
  readonly #first: bigint;
  readonly #last: bigint;
  #cursor: bigint;

  constructor(settings: SubnetSettings) {
    this.subnet = parseSubnet(settings.subnet);
    const range = settings.range === undefined ? this.subnet : parseSubnet(settings.range);
    if (!within(range, this.subnet)) {
      throw invalid(`the range ${settings.range} is not within the network ${formatSubnet(this.subnet)}`);
    }
    if (settings.gateway !== undefined) this.#reserve("gateway", settings.gateway, "the gateway");
    for (const [name, address] of Object.entries(settings.auxiliary ?? {}))
      this.#reserve("auxiliary address", address, `"${name}"`);
    const { family } = this.subnet;
    const { first, last } = hostsOf(this.subnet);
    this.#first = contains(range, { family, value: first }) ? first : range.base;
    this.#last = contains(range, { family, value: last }) ? last : lastOf(range);
    this.#cursor = this.#first;
  }

  /** A free address, or the one asked for. `exhausted` when none is left, `conflict` when it has a holder. */
  allocate(wanted?: string): string {
    return wanted === undefined ? this.#next() : this.#take(wanted);
  }

  /** Gives an address back; one that is free already stays so. */
  free(address: string): void {
    this.#used.delete(parseAddress(address).value);
  }

  /** Whether an address belongs here. */
  has(address: string): boolean {
    return contains(this.subnet, parseAddress(address));
  }

  /** How many addresses have been handed out. */
  get used(): number {
    return this.#used.size;
  }

  /** However large the network is: beyond as many as are taken there must be a free one. */
  #next(): string {
    for (let tries = this.#used.size + this.#reserved.size; tries >= 0; tries--) {
      if (this.#cursor < this.#first || this.#cursor > this.#last) this.#cursor = this.#first;
      const candidate = this.#cursor++;
      if (candidate > this.#last || this.#used.has(candidate) || this.#reserved.has(candidate)) continue;
      this.#used.add(candidate);
      return formatAddress({ family: this.subnet.family, value: candidate });
    }
    throw exhausted(
      `no free address is left in ${formatSubnet(this.subnet)}; remove containers or use a larger network`,
    );
  }

  #take(wanted: string): string {
    const address = parseAddress(wanted);
    const { value } = address;
    const { first, last } = hostsOf(this.subnet);
    if (!contains(this.subnet, address) || value < first || value > last) {
      throw invalid(
        `the address ${wanted} is not a host's address in the network ${formatSubnet(this.subnet)}`,
      );
    }
    const holder = this.#reserved.get(value);
    if (holder !== undefined) throw conflict(`the address ${wanted} is already in use: it is ${holder}'s`);
    if (this.#used.has(value)) throw conflict(`the address ${wanted} is already in use`);
    this.#used.add(value);
    return formatAddress(address);
  }

  #reserve(what: string, text: string, holder: string): void {
    const address: Address = parseAddress(text);
    if (!contains(this.subnet, address)) {
      throw invalid(`the ${what} ${text} is not in the network ${formatSubnet(this.subnet)}`);
    }
    this.#reserved.set(address.value, holder);
  }
}

/**
 * What hosts may have: not the network's own address, which in IPv6 is that of all its routers (RFC 4291, 2.6.1),
 * and not IPv4's broadcast address. The two smallest kinds of networks have neither (RFC 3021, RFC 6164).
 */
function hostsOf(subnet: Subnet): { first: bigint; last: bigint } {
  const last = lastOf(subnet);
  if (bitsOf(subnet.family) - subnet.prefixLength < 2) return { first: subnet.base, last };
  return { first: subnet.base + 1n, last: subnet.family === 4 ? last - 1n : last };
}
