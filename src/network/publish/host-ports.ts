import { readFileSync } from "node:fs";
import { conflict, invalid, SlipwayError } from "../../errors/index.ts";
import type { Protocol } from "../model.ts";
import { HeldPort, type HostPort, joined } from "./held-port.ts";

const ANY_ADDRESS = ["0.0.0.0", "::"];

/** Addresses of the host that are to have one port, the same on all of them. */
export interface PortWish {
  readonly protocol: Protocol;
  /** With what each leads to, for messages: "172.17.0.2:80". */
  readonly hosts: readonly { readonly hostIp: string; readonly target: string }[];
  /** "8080", a range "8000-8010" to choose from, or empty or "0" for any free port. */
  readonly hostPort: string;
}

/** Reserves ports of the host by binding them, as a server would, so that they are held and not only looked at. */
export class HostPorts {
  readonly #held = new Set<HeldPort>();
  #cursor = 0;

  /**
   * The port asked for, or the first of its range that is free on all the addresses; one for each, in their order.
   * `conflict` when there is none; the message says whether a container of this engine or another program has it.
   */
  reserve(wish: PortWish): HeldPort[] {
    let failure: SlipwayError | undefined;
    for (const hostPort of this.#candidates(wish.hostPort)) {
      try {
        return this.#reserveAll(wish, hostPort);
      } catch (error) {
        if (!(error instanceof SlipwayError) || error.kind !== "conflict") throw error;
        failure ??= error;
      }
    }
    throw failure ?? conflict("all ports are allocated");
  }

  /** Gives a port back; once is enough, twice does no harm. */
  release(port: HeldPort): void {
    this.#held.delete(port);
    port.close();
  }

  #reserveAll({ protocol, hosts }: PortWish, hostPort: number): HeldPort[] {
    const reserved: HeldPort[] = [];
    try {
      for (const { hostIp, target } of hosts) {
        this.#refuseOwn({ protocol, hostIp, hostPort });
        const port = new HeldPort({ protocol, hostIp, hostPort }, target);
        this.#held.add(port);
        reserved.push(port);
      }
      return reserved;
    } catch (error) {
      for (const port of reserved) this.release(port);
      throw error;
    }
  }

  /** The kernel would say only that somebody has it. */
  #refuseOwn({ protocol, hostIp, hostPort }: HostPort): void {
    for (const other of this.#held) {
      if (other.protocol !== protocol || other.hostPort !== hostPort) continue;
      if (meet(other.hostIp, hostIp))
        throw conflict(`Bind for ${joined(hostIp, hostPort)} failed: port is already allocated`);
    }
  }

  /** Free choice goes on where it ended last, so that a port just freed rests. */
  *#candidates(hostPort: string): Generator<number> {
    if (hostPort !== "" && hostPort !== "0") {
      const { first, last } = parseRange(hostPort);
      for (let port = first; port <= last; port++) yield port;
      return;
    }
    const { first, last } = ephemeralRange();
    for (let tries = last - first; tries >= 0; tries--) {
      if (this.#cursor < first || this.#cursor > last) this.#cursor = first;
      yield this.#cursor++;
    }
  }
}

/** Whether packets for one address of the host are packets for the other as well. */
function meet(a: string, b: string): boolean {
  const areOneFamily = a.includes(":") === b.includes(":");
  return areOneFamily && (a === b || ANY_ADDRESS.includes(a) || ANY_ADDRESS.includes(b));
}

function parseRange(text: string): { first: number; last: number } {
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (first === "" || range.first < 1 || range.last > 65535 || range.last < range.first) {
    throw invalid(`invalid host port "${text}": use a number from 1 to 65535, or a range such as 8000-8010`);
  }
  return range;
}

/** Ports that the host's own clients use, as Docker does; ip-sysctl.rst, ip_local_port_range. */
function ephemeralRange(): { first: number; last: number } {
  const [first, last] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8")
    .trim()
    .split(/\s+/)
    .map(Number);
  return { first: first ?? 32768, last: last ?? 60999 };
}
