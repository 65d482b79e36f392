/**
 * Published ports: ports of the host, held by bound sockets, that lead to ports of containers. The packet filter leads
 * them wherever it can, without a copy; a forwarder of this process leads the few that it cannot.
 */
export type { PortTarget, PortTargets } from "./plan.ts";
export { Publisher, type PublishOptions } from "./publisher.ts";
