import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { conflict, errnoOf, invalid, unavailable } from "../../errors/index.ts";
import { check, libc } from "../../os/libc.ts";
import { addressBytes } from "../../os/netlink/index.ts";
import type { Protocol } from "../model.ts";

/** socket(7), ipv6(7). */
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const SOCKETS = {
  tcp: { type: 1, protocol: 6 },
  udp: { type: 2, protocol: 17 },
  sctp: { type: 1, protocol: 132 },
} as const;

/** A port of one address of the host. */
export interface HostPort {
  readonly protocol: Protocol;
  readonly hostIp: string;
  readonly hostPort: number;
}

/** "10.0.0.1:80", "[fd00::1]:80" */
export const joined = (address: string, port: number): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

/**
 * A port of the host that nobody else can bind until it is closed. Nothing listens on the socket: packets for a
 * published port never get that far.
 */
export class HeldPort implements HostPort {
  readonly protocol: Protocol;
  readonly hostIp: string;
  readonly hostPort: number;
  readonly #fd: number;
  #open = true;

  /**
   * Binds it, as a server would. `conflict` when another program has it, `invalid` when the host has no such address,
   * `unavailable` when the kernel lacks the protocol. `target` completes the messages: "172.17.0.2:80".
   */
  constructor({ protocol, hostIp, hostPort }: HostPort, target: string) {
    this.protocol = protocol;
    this.hostIp = hostIp;
    this.hostPort = hostPort;
    this.#fd = openSocket(protocol, hostIp);
    try {
      // With it a former server's connections in TIME_WAIT do not count; without it, from then on, nobody shares.
      if (protocol === "tcp") this.#shareable(true);
      this.#bind(target);
      this.#shareable(false);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** Lets a server of ours bind the same port while `work` goes on; after that it is nobody else's again. */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    if (this.#open) this.#shareable(true);
    try {
      return await work();
    } finally {
      if (this.#open) this.#shareable(false);
    }
  }

  /** Gives the port back; once is enough, twice does no harm. */
  close(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }

  #shareable(yes: boolean): void {
    setOption(this.#fd, SOL_SOCKET, SO_REUSEADDR, yes ? 1 : 0);
  }

  #bind(target: string): void {
    const { hostIp, hostPort, protocol } = this;
    const address = socketAddress(hostIp, hostPort);
    const failed = `failed to bind host port for ${joined(hostIp, hostPort)}:${target}/${protocol}`;
    try {
      check(libc.bind(this.#fd, ptr(address), address.length), failed);
    } catch (error) {
      const errno = errnoOf(error);
      const details = { cause: error, ...(errno && { errno }) };
      if (errno === "EADDRINUSE") throw conflict(`${failed}: address already in use`, details);
      if (errno === "EADDRNOTAVAIL") {
        throw invalid(`${failed}: cannot assign requested address; the host does not have it`, details);
      }
      throw error;
    }
  }
}

/** IPv6 sockets are for IPv6 alone: the same port of IPv4 is another one. */
function openSocket(protocol: Protocol, hostIp: string): number {
  const { type, protocol: number } = SOCKETS[protocol];
  const ipv6 = hostIp.includes(":");
  try {
    const what = `open a ${protocol} socket`;
    const fd = check(libc.socket(ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, number), what);
    if (ipv6) setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    return fd;
  } catch (error) {
    const errno = errnoOf(error);
    const details = { cause: error, ...(errno && { errno }) };
    if (errno === "EPROTONOSUPPORT" || errno === "ESOCKTNOSUPPORT") {
      throw unavailable(
        `this host's kernel has no ${protocol.toUpperCase()}; publish TCP or UDP ports`,
        details,
      );
    }
    if (errno === "EAFNOSUPPORT") {
      throw unavailable(
        `this host's kernel has no IPv6; publish on an IPv4 address instead of ${hostIp}`,
        details,
      );
    }
    throw error;
  }
}

/** struct sockaddr_in and struct sockaddr_in6 (ip(7), ipv6(7)). */
function socketAddress(address: string, port: number): Buffer {
  const bytes = addressBytes(address);
  const ipv6 = bytes.length > 4;
  const buffer = Buffer.alloc(ipv6 ? 28 : 16);
  buffer.writeUInt16LE(ipv6 ? AF_INET6 : AF_INET, 0);
  buffer.writeUInt16BE(port, 2);
  buffer.set(bytes, ipv6 ? 8 : 4);
  return buffer;
}

function setOption(fd: number, level: number, option: number, value: number): void {
  libc.setsockopt(fd, level, option, ptr(new Int32Array([value])), 4);
}
