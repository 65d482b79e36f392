import { createHash } from "node:crypto";
import type { IpVersion } from "../../../os/firewall/index.ts";
import type { FilteredFamily, FilteredNetwork, FilteredPort, Policy } from "../policy.ts";

/** The content of a table of ours. */
export interface Ruleset {
  /** Chain → its lines: rules, and for a chain of the kernel's hooks first what it hangs on. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Set or map → its key → what the key leads to, empty in a set. */
  readonly elements: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Set or map → what it is declared as. */
  readonly sets: ReadonlyMap<string, string>;
}

const versions = [4, 6] as const;
const family = (version: IpVersion) => (version === 4 ? "ip" : "ip6");
const address = (version: IpVersion) => `ipv${version}_addr`;

/** The part of a network's chains' names that is its own. */
const label = (id: string) =>
  /^[0-9a-f]{12,}$/.test(id) ? id.slice(0, 12) : createHash("sha256").update(id).digest("hex").slice(0, 12);

/** Verdict maps by interface: a packet meets the rules of its own networks alone, however many there are. */
const verdicts = ["leaving", "into", "out", "arriving", "source_into", "source_out"];

/** What the sets and maps are; `counted` where nft can count for each element. */
function declarations(counted: boolean): Map<string, string> {
  const counter = counted ? " counter;" : "";
  const all = new Map(verdicts.map((name) => [name, "map { type ifname : verdict; }"]));
  for (const version of versions) {
    const it = address(version);
    const target = `${it} . inet_service`;
    all.set(`direct${version}`, `map { type ${it} : verdict; flags interval; }`);
    all.set(`at${version}`, `map { type ${it} . inet_proto . inet_service : ${target};${counter} }`);
    all.set(`any${version}`, `map { type inet_proto . inet_service : ${target};${counter} }`);
    all.set(`open${version}`, `set { type ${it} . inet_proto . inet_service;${counter} }`);
    all.set(`trusted${version}`, `set { type ifname . ${it} . inet_proto . inet_service;${counter} }`);
  }
  return all;
}

const both = (rule: (version: IpVersion) => string[]) => versions.flatMap(rule);

/** The chains that hang in the kernel, and those that all networks share. */
function hooks(): Map<string, readonly string[]> {
  const hook = (type: string, name: string, priority: number) =>
    `type ${type} hook ${name} priority ${priority}; policy accept;`;
  return new Map([
    // What is translated to a container's address has the host's still: this is for what names the container.
    ["raw", [hook("filter", "prerouting", -300), ...both((v) => [`${family(v)} daddr vmap @direct${v}`])]],
    [
      "forward",
      [
        hook("filter", "forward", 0),
        "iifname vmap @leaving",
        "oifname vmap @into",
        // After all the drops: what one bridge sends into another is not "outgoing".
        "iifname vmap @out",
      ],
    ],
    ["input", [hook("filter", "input", 0), "iifname vmap @arriving"]],
    [
      "publish",
      both((v) => [
        `dnat ${family(v)} to ${family(v)} daddr . meta l4proto . th dport map @at${v}`,
        `dnat ${family(v)} to meta l4proto . th dport map @any${v}`,
      ]),
    ],
    [
      "prerouting",
      [
        hook("nat", "prerouting", -100),
        // A neighbour on the wire could otherwise reach ports that are published on the loopback only.
        "ip daddr != 127.0.0.0/8 fib daddr type local jump publish",
        "ip6 saddr != fe80::/10 fib daddr type local jump publish",
      ],
    ],
    [
      "output",
      [
        hook("nat", "output", -100),
        // The kernel lets nothing from ::1 leave by a bridge: what is published there is not ours to lead.
        "ip6 daddr ::1 return",
        "fib daddr type local jump publish",
      ],
    ],
    [
      "postrouting",
      [hook("nat", "postrouting", 100), "oifname vmap @source_into", "iifname vmap @source_out"],
    ],
    [
      "open",
      both((v) => [
        `${family(v)} daddr . meta l4proto . th dport @open${v} accept`,
        `iifname . ${family(v)} daddr . meta l4proto . th dport @trusted${v} accept`,
      ]),
    ],
  ]);
}

/** Renders policies one after the other: of networks that are the same the rules are the same objects again. */
export function policyRenderer(): (policy: Policy, counted: boolean) => Ruleset {
  const known = new WeakMap<Policy["networks"], Ruleset>();
  return ({ networks, ports }, counted) => {
    const fixed = known.get(networks) ?? renderNetworks(networks, counted);
    known.set(networks, fixed);
    const changing = new Map(portSets.map((name) => [name, new Map<string, string>()]));
    for (const port of ports) addPort(port, changing);
    return { ...fixed, elements: new Map([...fixed.elements, ...changing]) };
  };
}

const portSets = ["at", "any", "open", "trusted"].flatMap((name) =>
  versions.map((version) => `${name}${version}`),
);

function renderNetworks(networks: Policy["networks"], counted: boolean): Ruleset {
  const chains = hooks();
  const sets = declarations(counted);
  const elements = new Map([...sets.keys()].map((name) => [name, new Map<string, string>()]));
  for (const network of networks) addNetwork(network, chains, elements);
  return { chains, sets, elements };
}

type Elements = ReadonlyMap<string, Map<string, string>>;

function addNetwork(
  network: FilteredNetwork,
  chains: Map<string, readonly string[]>,
  elements: Elements,
): void {
  const { id, bridge, internal } = network;
  const key = `"${bridge}"`;
  const chain = (map: string, of: string, rules: readonly string[]) => {
    if (rules.length === 0) return;
    const name = `${map}_${label(id)}`;
    chains.set(name, rules);
    elements.get(map)?.set(of, `jump ${name}`);
  };
  const of = (rules: (it: FilteredFamily, version: IpVersion) => string[]) =>
    both((version) => {
      const it = network.families[version];
      return it === undefined ? [] : rules(it, version);
    });
  chain("into", key, intoRules(network));
  chain("leaving", key, internal ? [`oifname != ${key} counter drop`] : []);
  chain("out", key, internal ? [] : ["counter accept"]);
  chain(
    "arriving",
    key,
    of((it, version) => arrivingRules(network, it, version)),
  );
  chain("source_into", key, internal ? [] : of(sourceIntoRules));
  chain("source_out", key, internal ? [] : of((it, version) => sourceOutRules(network, it, version)));
  for (const version of versions) {
    for (const subnet of guardedSubnets(network, version)) {
      const trusted = [bridge, ...network.trusted].map((name) => `"${name}"`).join(", ");
      chain(`direct${version}`, subnet, [
        `iifname { ${trusted} } return`,
        "fib daddr type != local counter drop",
      ]);
    }
  }
}

/** What may go into a network. */
function intoRules({ bridge, internal, interContainer, trusted, families }: FilteredNetwork): string[] {
  const final = both((version) => {
    const mode = families[version]?.mode;
    if (mode === undefined) return [];
    const match = `meta nfproto ipv${version}`;
    const icmp = version === 4 ? "ip protocol icmp" : "meta l4proto ipv6-icmp";
    return [
      ...((mode === "routed" || trusted.length > 0) && !internal ? [`${match} jump open`] : []),
      ...(mode === "routed" ? [`${icmp} counter accept`] : []),
      `${match} counter ${mode === "nat-unprotected" ? "accept" : "drop"}`,
    ];
  });
  return [
    ...(internal ? [`iifname != "${bridge}" counter drop`] : []),
    "ct state established,related counter accept",
    // Whatever came in through a published port, and nothing that was sent to a container directly.
    "ct status dnat counter accept",
    `iifname "${bridge}" counter ${interContainer ? "accept" : "drop"}`,
    ...final,
  ];
}

/** What a network may send to the host itself. */
function arrivingRules(
  { internal }: FilteredNetwork,
  { subnets, mode }: FilteredFamily,
  version: IpVersion,
): string[] {
  const it = family(version);
  const internals = [
    ...(mode === "isolated" ? [] : subnets.map((subnet) => `${it} daddr ${subnet} return`)),
    // Neighbours are found by these addresses.
    ...(version === 6 ? ["ip6 daddr fe80::/10 meta l4proto ipv6-icmp return"] : []),
    `meta nfproto ipv${version} fib daddr type local counter drop`,
  ];
  return [
    // route_localnet lets packets for 127.0.0.0/8 in from the bridge; only answers may come that way.
    ...(version === 4 ? ["ip daddr 127.0.0.0/8 ct state != { established, related } counter drop"] : []),
    ...(internal ? internals : []),
  ];
}

function sourceIntoRules({ subnets, mode }: FilteredFamily, version: IpVersion): string[] {
  const it = family(version);
  return [
    // The host's clients of its loopback: a container could not answer such an address.
    `${it} saddr ${version === 4 ? "127.0.0.0/8" : "::1"} counter masquerade`,
    // Hairpin: a container that uses a published port of its own network must get its answers from the host.
    ...(mode === "routed"
      ? []
      : subnets.map((subnet) => `${it} saddr ${subnet} ct status dnat counter masquerade`)),
  ];
}

function sourceOutRules(
  { bridge }: FilteredNetwork,
  { subnets, source }: FilteredFamily,
  version: IpVersion,
): string[] {
  if (source === "own") return [];
  const it = family(version);
  const rewrite = source === "masquerade" ? "masquerade" : `snat ${it} to ${source.snat}`;
  return subnets.map((subnet) => `${it} saddr ${subnet} oifname != "${bridge}" counter ${rewrite}`);
}

/** Where addresses are not translated answers come back to the containers' own, so that nothing can be dropped. */
function guardedSubnets({ internal, families }: FilteredNetwork, version: IpVersion): readonly string[] {
  const it = families[version];
  return it === undefined || internal || it.mode !== "nat" || it.source === "own" ? [] : it.subnets;
}

function addPort(port: FilteredPort, elements: Elements): void {
  const { protocol, hostIp, hostPort, address: target, containerPort, version, translated, direct } = port;
  if (translated) {
    const everywhere = ["", "0.0.0.0", "::"].includes(hostIp);
    const key = `${protocol} . ${hostPort}`;
    elements
      .get(`${everywhere ? "any" : "at"}${version}`)
      ?.set(everywhere ? key : `${hostIp} . ${key}`, `${target} . ${containerPort}`);
  }
  const own = `${target} . ${protocol} . ${containerPort}`;
  if (direct === "any") elements.get(`open${version}`)?.set(own, "");
  else for (const name of direct) elements.get(`trusted${version}`)?.set(`"${name}" . ${own}`, "");
}
