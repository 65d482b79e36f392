import { shortKey } from "../names.ts";

/** A bridge as the packet filter needs to know it. */
export interface FilteredBridge {
  readonly bridge: string;
  /** "172.17.0.0/16" */
  readonly subnet: string;
  /** May containers of this bridge talk to each other? */
  readonly interContainer: boolean;
  /** Do packets leave the host under the host's address? */
  readonly masquerade: boolean;
}

/** A port of the host that leads to a port of a container. */
export interface PublishedPort {
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly hostIp: string;
  readonly hostPort: number;
  readonly address: string;
  readonly containerPort: number;
}

/** The names of an engine's chains: at most 28 characters, which is all that iptables takes. */
export interface Chains {
  /** The administrator's own: its rules come first and are never changed by us. */
  readonly user: string;
  readonly forward: string;
  readonly input: string;
  readonly dnat: string;
  readonly snat: string;
}

export type Table = "filter" | "nat";

export function chainsOf(engineKey: string): Chains {
  const name = (purpose: string) => `SLIPWAY-${purpose}-${shortKey(engineKey)}`;
  return {
    user: name("USER"),
    forward: name("FWD"),
    input: name("IN"),
    dnat: name("DNAT"),
    snat: name("SNAT"),
  };
}

/** Where our chains hang in the kernel's; of two jumps from one chain the first listed comes first. */
export function jumps(chains: Chains): Record<Table, { from: string; rule: string }[]> {
  return {
    filter: [
      { from: "FORWARD", rule: `-j ${chains.user}` },
      { from: "FORWARD", rule: `-j ${chains.forward}` },
      { from: "INPUT", rule: `-j ${chains.input}` },
    ],
    nat: [
      // A neighbour on the wire could otherwise reach ports that are published on the loopback only.
      { from: "PREROUTING", rule: `! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j ${chains.dnat}` },
      { from: "OUTPUT", rule: `-m addrtype --dst-type LOCAL -j ${chains.dnat}` },
      { from: "POSTROUTING", rule: `-j ${chains.snat}` },
    ],
  };
}

/** The rules of our chains in the filter table, as lines for iptables-restore. */
export function filterRules(chains: Chains, bridges: readonly FilteredBridge[]): string[] {
  const into = bridges.flatMap(({ bridge, interContainer }) => [
    `-A ${chains.forward} -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    // Whatever came in through a published port, and nothing that was sent to the container directly.
    `-A ${chains.forward} -o ${bridge} -m conntrack --ctstate DNAT -j ACCEPT`,
    `-A ${chains.forward} -i ${bridge} -o ${bridge} -j ${interContainer ? "ACCEPT" : "DROP"}`,
    `-A ${chains.forward} -o ${bridge} -j DROP`,
  ]);
  // After all the drops: what one bridge sends into another is not "outgoing".
  const outgoing = bridges.map(({ bridge }) => `-A ${chains.forward} -i ${bridge} -j ACCEPT`);
  // route_localnet lets packets for 127.0.0.0/8 in from the bridge; only answers may come that way.
  const input = bridges.map(
    ({ bridge }) =>
      `-A ${chains.input} -d 127.0.0.0/8 -i ${bridge} -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP`,
  );
  return [...into, ...outgoing, ...input];
}

/** The rules that rewrite source addresses. */
export function sourceRules(chains: Chains, bridges: readonly FilteredBridge[]): string[] {
  return bridges.flatMap(({ bridge, subnet, masquerade }) => [
    ...(masquerade ? [`-A ${chains.snat} -s ${subnet} ! -o ${bridge} -j MASQUERADE`] : []),
    // The host's clients of 127.0.0.1: a container could not answer such an address.
    `-A ${chains.snat} -s 127.0.0.0/8 -o ${bridge} -j MASQUERADE`,
    // Hairpin: a container that uses a published port of its own network must get its answers from the host.
    `-A ${chains.snat} -s ${subnet} -o ${bridge} -m conntrack --ctstate DNAT -j MASQUERADE`,
  ]);
}

/** The rule of a published port without its `-A CHAIN`, so that it can be added and deleted. */
export function destinationRule(port: PublishedPort): string {
  const { protocol, hostIp, hostPort, address, containerPort } = port;
  const destination = hostIp === "0.0.0.0" ? "" : `-d ${hostIp}/32 `;
  return `${destination}-p ${protocol} -m ${protocol} --dport ${hostPort} -j DNAT --to-destination ${address}:${containerPort}`;
}
