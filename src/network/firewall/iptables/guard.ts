import type { IpVersion } from "../../../os/firewall/index.ts";
import type { FilteredPort, Policy } from "../policy.ts";
import type { Chains } from "./chains.ts";
import { mirrorInput } from "./mirror.ts";
import { hostMatch, type Rendering } from "./rules.ts";
import type { SavedRules } from "./saved.ts";

/**
 * Lets the host's own input chain decide about new connections from outside to published ports. It sees them as
 * they come, before their destination is translated, so that its rules mean what they say. `closed` drops them.
 */
export function renderGuard(
  chains: Chains,
  { networks, ports }: Policy,
  version: IpVersion,
  saved: SavedRules,
  closed: boolean,
): Rendering {
  if (!networks.some(({ families }) => families[version])) return { chains: new Map(), hooks: [], kept: [] };
  const copy = closed
    ? new Map([[`mangle ${chains.check}`, [`-j ${chains.inside}`, "-j DROP"]]])
    : mirrorInput(chains, saved.get("filter") ?? []);
  const rules = ports
    .filter((port) => port.version === version)
    .flatMap((port) => portMatches(port).map((match) => `${match} -j ${chains.check}`));
  return {
    chains: new Map([
      [`mangle ${chains.inside}`, networks.map(({ bridge }) => `-i ${bridge} -j ACCEPT`)],
      ...copy,
      [
        `mangle ${chains.guard}`,
        ["-i lo -j RETURN", "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN", ...rules],
      ],
    ]),
    // What is let pass skips the rest of this chain, so ours is the last.
    hooks: [{ table: "mangle", from: "PREROUTING", rule: `-j ${chains.guard}`, place: "end" }],
    kept: [],
    copy,
  };
}

/** What packets to a published port look like before anything is translated. */
function portMatches({
  protocol,
  hostIp,
  hostPort,
  address,
  containerPort,
  version,
  translated,
  direct,
}: FilteredPort): string[] {
  const local = hostMatch(hostIp, version) || "-m addrtype --dst-type LOCAL ";
  const own = `-d ${address}/${version === 4 ? 32 : 128} -p ${protocol} -m ${protocol} --dport ${containerPort}`;
  return [
    ...(translated ? [`${local}-p ${protocol} -m ${protocol} --dport ${hostPort}`] : []),
    ...(direct === "any" ? [own] : direct.map((name) => `-i ${name} ${own}`)),
  ];
}

/** Both sets of rules, for a program that is to carry out both. */
export function merge(...renderings: readonly Rendering[]): Rendering {
  const copy = renderings.find((it) => it.copy)?.copy;
  return {
    chains: new Map(renderings.flatMap(({ chains }) => [...chains])),
    hooks: renderings.flatMap(({ hooks }) => hooks),
    kept: renderings.flatMap(({ kept }) => kept),
    ...(copy && { copy }),
  };
}
