/**
 * Published ports that the packet filter cannot lead to the container, passed on by this process: an address of IPv6
 * in front of a container that has only IPv4, and [::1], whose packets the kernel lets no interface but the loopback
 * send or receive. Connections through it end with the engine.
 */
import type { HeldPort } from "../held-port.ts";
import type { Forwarder, ForwardOptions } from "./forwarder.ts";
import { forwardTcp } from "./tcp.ts";
import { forwardUdp } from "./udp.ts";

export type { Forwarder, ForwardOptions } from "./forwarder.ts";

/** Begins to pass on what comes to a held port, at the address `listen.address`. `conflict` if another took the port. */
export function forward(held: HeldPort, options: ForwardOptions): Promise<Forwarder> {
  return held.shared(() => (held.protocol === "tcp" ? forwardTcp(options) : forwardUdp(options)));
}
