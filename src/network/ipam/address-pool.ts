import { conflict, exhausted, invalid } from "../../errors/index.ts";
import { contains, formatAddress, formatSubnet, parseAddress, type Subnet, sizeOf } from "./subnet.ts";

/**
 * The addresses of one network. Each is handed out to at most one holder at a time, the next one after the
 * last, so that an address just freed rests as long as possible (peers may still have it in their caches).
 */
export class AddressPool {
  readonly #used = new Set<number>();
  readonly #first: number;
  readonly #last: number;
  #cursor: number;

  /** Dynamic addresses come from `range` if given; the gateway is never handed out. */
  constructor(
    readonly subnet: Subnet,
    gateway: string,
    range: Subnet = subnet,
  ) {
    const address = parseAddress(gateway);
    if (!contains(subnet, address)) {
      throw invalid(`the gateway ${gateway} is not in the network ${formatSubnet(subnet)}`);
    }
    if (!contains(subnet, range.base) || range.prefixLength < subnet.prefixLength) {
      throw invalid(`the range ${formatSubnet(range)} is not within the network ${formatSubnet(subnet)}`);
    }
    this.#used.add(address);
    this.#first = Math.max(range.base, this.#host(0));
    this.#last = Math.min(range.base + sizeOf(range) - 1, this.#host(-1));
    this.#cursor = this.#first;
  }

  /** A free address, or the one asked for. `exhausted` when none is left, `conflict` when it has a holder. */
  allocate(wanted?: string): string {
    if (wanted !== undefined) return this.#take(wanted);
    for (let tries = this.#last - this.#first; tries >= 0; tries--) {
      const candidate = this.#cursor;
      this.#cursor = candidate >= this.#last ? this.#first : candidate + 1;
      if (this.#used.has(candidate)) continue;
      this.#used.add(candidate);
      return formatAddress(candidate);
    }
    throw exhausted(
      `no free address is left in ${formatSubnet(this.subnet)}; remove containers or use a larger network`,
    );
  }

  /** Gives an address back; one that is free already stays so. */
  free(address: string): void {
    this.#used.delete(parseAddress(address));
  }

  /** How many addresses are in use, the gateway's included. */
  get used(): number {
    return this.#used.size;
  }

  #take(wanted: string): string {
    const address = parseAddress(wanted);
    if (!contains(this.subnet, address) || address < this.#host(0) || address > this.#host(-1)) {
      throw invalid(
        `the address ${wanted} is not a host's address in the network ${formatSubnet(this.subnet)}`,
      );
    }
    if (this.#used.has(address)) throw conflict(`the address ${wanted} is already in use`);
    this.#used.add(address);
    return wanted;
  }

  /** The first (0) or last (-1) address a host may have; /31 and /32 have no broadcast address (RFC 3021). */
  #host(which: 0 | -1): number {
    const margin = this.subnet.prefixLength >= 31 ? 0 : 1;
    return which === 0 ? this.subnet.base + margin : this.subnet.base + sizeOf(this.subnet) - 1 - margin;
  }
}
