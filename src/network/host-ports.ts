import { ptr } from "bun:ffi";
import { closeSync, readFileSync } from "node:fs";
import { conflict, errnoOf, invalid, notImplemented, SlipwayError } from "../errors/index.ts";
import { check, libc } from "../os/libc.ts";
import { addressBytes } from "../os/netlink/index.ts";
import type { PublishedPort } from "./model.ts";

const AF_INET = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SOCKETS = {
  tcp: { type: 1, protocol: 6 },
  udp: { type: 2, protocol: 17 },
  sctp: { type: 1, protocol: 132 },
} as const;

const ANY_HOST = "0.0.0.0";

/** What is to be published: a port of the container, and where on the host. */
export interface PortRequest {
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  /** An IPv4 address of the host; empty for the network's default, which is usually all of them. */
  readonly hostIp?: string;
  /** "8080", a range "8000-8010" to choose from, or empty or "0" for any free port. */
  readonly hostPort?: string;
}

/** A port of the host that nobody else can bind until it is released. */
export interface ReservedPort extends PublishedPort {
  /** The bound socket; nothing listens on it, packets never get that far. */
  readonly fd: number;
}

/** Reserves ports of the host by binding them, as a server would. */
export class HostPorts {
  readonly #reserved = new Set<ReservedPort>();
  #cursor = 0;

  /**
   * Reserves the port asked for, or the first free one of its range. `conflict` when it is taken; the message
   * says whether by a container of this engine or by another program.
   */
  reserve(request: PortRequest, address: string, defaultHostIp = ANY_HOST): ReservedPort {
    const hostIp = hostAddress(request.hostIp || defaultHostIp);
    const { protocol, containerPort } = request;
    const candidates = this.#candidates(request.hostPort ?? "");
    let failure: SlipwayError | undefined;
    for (const hostPort of candidates) {
      try {
        const port = { protocol, hostIp, hostPort, address, containerPort };
        const reserved = { ...port, fd: this.#bind(port) };
        this.#reserved.add(reserved);
        return reserved;
      } catch (error) {
        if (!(error instanceof SlipwayError) || error.kind !== "conflict") throw error;
        failure ??= error;
      }
    }
    throw failure ?? conflict("all ports are allocated");
  }

  /** Gives the port back; once is enough, twice does no harm. */
  release(port: ReservedPort): void {
    if (this.#reserved.delete(port)) closeSync(port.fd);
  }

  #bind(port: PublishedPort): number {
    const { protocol, hostIp, hostPort } = port;
    for (const other of this.#reserved) {
      const sameAddress = other.hostIp === hostIp || other.hostIp === ANY_HOST || hostIp === ANY_HOST;
      if (other.protocol === protocol && other.hostPort === hostPort && sameAddress) {
        throw conflict(`Bind for ${hostIp}:${hostPort} failed: port is already allocated`);
      }
    }
    const { type, protocol: number } = SOCKETS[protocol];
    const fd = check(libc.socket(AF_INET, type | SOCK_CLOEXEC, number), `open a ${protocol} socket`);
    try {
      bind(fd, port);
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
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

function bind(fd: number, port: PublishedPort): void {
  const { hostIp, hostPort, address, containerPort, protocol } = port;
  const socketAddress = Buffer.alloc(16);
  socketAddress.writeUInt16LE(AF_INET, 0);
  socketAddress.writeUInt16BE(hostPort, 2);
  socketAddress.set(addressBytes(hostIp), 4);
  // With it a former server's connections in TIME_WAIT do not count; without it, from then on, nobody shares.
  const setReuse = (value: number) =>
    libc.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, ptr(new Int32Array([value])), 4);
  if (protocol === "tcp") setReuse(1);
  const where = `${hostIp}:${hostPort}:${address}:${containerPort}/${protocol}`;
  try {
    check(libc.bind(fd, ptr(socketAddress), socketAddress.length), `failed to bind host port for ${where}`);
  } catch (error) {
    const errno = errnoOf(error);
    const details = errno === undefined ? {} : { errno };
    if (errno === "EADDRINUSE")
      throw conflict(`failed to bind host port for ${where}: address already in use`, details);
    if (errno === "EADDRNOTAVAIL") {
      throw invalid(
        `failed to bind host port for ${where}: cannot assign requested address; the host does not have it`,
        details,
      );
    }
    throw error;
  }
  if (protocol === "tcp") setReuse(0);
}

function hostAddress(hostIp: string): string {
  if (hostIp.includes(":")) {
    throw notImplemented(
      `cannot publish a port on the IPv6 address ${hostIp}: this network is IPv4 only; use an IPv4 address such as 0.0.0.0`,
    );
  }
  addressBytes(hostIp);
  return hostIp;
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
