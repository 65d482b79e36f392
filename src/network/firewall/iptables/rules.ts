import type { IpVersion } from "../../../os/firewall/index.ts";
import type { FilteredFamily, FilteredNetwork, FilteredPort, Policy } from "../policy.ts";
import { type Chains, DOCKER_USER, type Table } from "./chains.ts";

/** Where a chain of ours hangs in one of the kernel's. */
export interface Hook {
  readonly table: Table;
  readonly from: string;
  /** What must match, and the jump. */
  readonly rule: string;
  /** Of several hooks at the top of one chain the first listed comes first. */
  readonly place: "top" | "end";
}

/** All rules for one version of IP. */
export interface Rendering {
  /** `filter CHAIN` → its rules without `-A CHAIN`. Within a chain only rules of one owner depend on their order. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  readonly hooks: readonly Hook[];
  /** Chains that administrators fill, in the same form: made where they are missing, never emptied. */
  readonly kept: readonly string[];
  /** Of the chains, those that repeat what the host's own say. */
  readonly copy?: ReadonlyMap<string, readonly string[]>;
}

type Member = readonly [FilteredNetwork, FilteredFamily];

const loopback = (version: IpVersion) => (version === 4 ? "127.0.0.0/8" : "::1/128");

const nothing: Rendering = { chains: new Map(), hooks: [], kept: [] };

/** Renders policies one after the other: of networks that are the same the rules are the same objects again. */
export function policyRenderer(chains: Chains): (policy: Policy, version: IpVersion) => Rendering {
  const known = new WeakMap<Policy["networks"], Partial<Record<IpVersion, Rendering>>>();
  return ({ networks, ports }, version) => {
    const renderings = known.get(networks) ?? {};
    known.set(networks, renderings);
    renderings[version] ??= renderNetworks(chains, networks, version);
    const { chains: fixed, ...rest } = renderings[version];
    if (fixed.size === 0) return nothing;
    const mine = ports.filter((port) => port.version === version);
    const changing = new Map([
      [`filter ${chains.open}`, mine.flatMap(openRules)],
      [`nat ${chains.dnat}`, mine.filter(({ translated }) => translated).map(destinationRule)],
    ]);
    return { ...rest, chains: new Map([...changing, ...fixed]) };
  };
}

/** Nothing at all where no network has this version of IP. */
function renderNetworks(chains: Chains, networks: Policy["networks"], version: IpVersion): Rendering {
  const members = networks.flatMap((network): Member[] => {
    const family = network.families[version];
    return family === undefined ? [] : [[network, family]];
  });
  if (members.length === 0) return nothing;
  const of = (rules: (...member: Member) => string[]) => members.flatMap((member) => rules(...member));
  const rendered = new Map<string, readonly string[]>([
    [`raw ${chains.direct}`, of(directRules)],
    ...members.map(([network, family]) => networkChain(chains, version, network, family)),
    [`filter ${chains.internal}`, of(internalRules)],
    [`filter ${chains.into}`, of(({ id, bridge }) => [`-o ${bridge} -j ${chains.network(id)}`])],
    // After all the drops: what one bridge sends into another is not "outgoing".
    [`filter ${chains.out}`, of(({ bridge, internal }) => (internal ? [] : [`-i ${bridge} -j ACCEPT`]))],
    [
      `filter ${chains.forward}`,
      [DOCKER_USER, chains.internal, chains.into, chains.out].map((chain) => `-j ${chain}`),
    ],
    [`filter ${chains.input}`, of((network, family) => inputRules(network, family, version))],
    [`nat ${chains.snat}`, of((network, family) => sourceRules(network, family, version))],
  ]);
  const kept = [`filter ${DOCKER_USER}`, `filter ${chains.user}`];
  return { chains: rendered, hooks: hooks(chains, version), kept };
}

function hooks(chains: Chains, version: IpVersion): Hook[] {
  // A neighbour on the wire could otherwise reach ports that are published on the loopback only.
  const outside = version === 4 ? "! -d 127.0.0.0/8" : "! -s fe80::/10";
  const local = "-m addrtype --dst-type LOCAL";
  // The kernel lets nothing from ::1 leave by a bridge: what is published there is not ours to lead.
  const inside = version === 4 ? "" : "! -d ::1/128 ";
  return [
    { table: "raw", from: "PREROUTING", rule: `-j ${chains.direct}`, place: "top" },
    { table: "filter", from: "FORWARD", rule: `-j ${chains.user}`, place: "top" },
    { table: "filter", from: "FORWARD", rule: `-j ${chains.forward}`, place: "top" },
    { table: "filter", from: "INPUT", rule: `-j ${chains.input}`, place: "top" },
    { table: "nat", from: "PREROUTING", rule: `${outside} ${local} -j ${chains.dnat}`, place: "top" },
    { table: "nat", from: "OUTPUT", rule: `${inside}${local} -j ${chains.dnat}`, place: "top" },
    { table: "nat", from: "POSTROUTING", rule: `-j ${chains.snat}`, place: "top" },
  ];
}

/** What may go into a network. */
function networkChain(
  chains: Chains,
  version: IpVersion,
  { id, bridge, internal, interContainer, trusted }: FilteredNetwork,
  { mode }: FilteredFamily,
): [string, string[]] {
  const direct = mode === "routed" || trusted.length > 0;
  return [
    `filter ${chains.network(id)}`,
    [
      // DNAT is whatever came in through a published port, and nothing that was sent to a container directly.
      "-m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT",
      `-i ${bridge} -j ${interContainer ? "ACCEPT" : "DROP"}`,
      ...(direct && !internal ? [`-j ${chains.open}`] : []),
      ...(mode === "routed" ? [`-p ${version === 4 ? "icmp" : "ipv6-icmp"} -j ACCEPT`] : []),
      `-j ${mode === "nat-unprotected" ? "ACCEPT" : "DROP"}`,
    ],
  ];
}

function internalRules({ bridge, internal }: FilteredNetwork): string[] {
  if (!internal) return [];
  return [`-i ${bridge} ! -o ${bridge} -j DROP`, `! -i ${bridge} -o ${bridge} -j DROP`];
}

function directRules({ bridge, internal, trusted }: FilteredNetwork, family: FilteredFamily): string[] {
  // Where addresses are not translated answers come back to the containers' own.
  if (internal || family.mode !== "nat" || family.source === "own") return [];
  return family.subnets.flatMap((subnet) => [
    ...trusted.map((name) => `-i ${name} -d ${subnet} -j RETURN`),
    `! -i ${bridge} -d ${subnet} -m addrtype ! --dst-type LOCAL -j DROP`,
  ]);
}

function inputRules(
  { bridge, internal }: FilteredNetwork,
  { subnets, mode }: FilteredFamily,
  version: IpVersion,
): string[] {
  const local = `-i ${bridge} -m addrtype --dst-type LOCAL`;
  const internals = [
    ...(mode === "isolated" ? [] : subnets.map((subnet) => `-i ${bridge} -d ${subnet} -j RETURN`)),
    // Neighbours are found by these addresses.
    ...(version === 6 ? [`-i ${bridge} -d fe80::/10 -p ipv6-icmp -j RETURN`] : []),
    `${local} -j DROP`,
  ];
  return [
    // route_localnet lets packets for 127.0.0.0/8 in from the bridge; only answers may come that way.
    ...(version === 4
      ? [`-d 127.0.0.0/8 -i ${bridge} -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP`]
      : []),
    ...(internal ? internals : []),
  ];
}

/** The rules that rewrite source addresses. */
function sourceRules(
  { bridge, internal }: FilteredNetwork,
  { subnets, mode, source }: FilteredFamily,
  version: IpVersion,
): string[] {
  if (internal) return [];
  const rewrite =
    source === "own" ? undefined : source === "masquerade" ? "MASQUERADE" : `SNAT --to-source ${source.snat}`;
  return [
    ...(rewrite === undefined ? [] : subnets.map((subnet) => `-s ${subnet} ! -o ${bridge} -j ${rewrite}`)),
    // The host's clients of its loopback: a container could not answer such an address.
    `-s ${loopback(version)} -o ${bridge} -j MASQUERADE`,
    // Hairpin: a container that uses a published port of its own network must get its answers from the host.
    ...(mode === "routed"
      ? []
      : subnets.map((subnet) => `-s ${subnet} -o ${bridge} -m conntrack --ctstate DNAT -j MASQUERADE`)),
  ];
}

function openRules({ direct, bridge, protocol, address, containerPort }: FilteredPort): string[] {
  const rule = `-o ${bridge} -d ${address} -p ${protocol} -m ${protocol} --dport ${containerPort} -j ACCEPT`;
  return direct === "any" ? [rule] : direct.map((name) => `-i ${name} ${rule}`);
}

/** Leads a port of the host to one of a container. */
function destinationRule({
  protocol,
  hostIp,
  hostPort,
  address,
  containerPort,
  version,
}: FilteredPort): string {
  const target = version === 4 ? address : `[${address}]`;
  return `${hostMatch(hostIp, version)}-p ${protocol} -m ${protocol} --dport ${hostPort} -j DNAT --to-destination ${target}:${containerPort}`;
}

/** Empty where a port is published on all addresses. */
export function hostMatch(hostIp: string, version: IpVersion): string {
  if (["", "0.0.0.0", "::"].includes(hostIp)) return "";
  return `-d ${hostIp}/${version === 4 ? 32 : 128} `;
}
