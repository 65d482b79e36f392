import { createHash } from "node:crypto";
import { shortKey } from "../../names.ts";

export type Table = "raw" | "mangle" | "filter" | "nat";

/** The administrator's chain that scripts written for Docker put their rules into; all engines share it. */
export const DOCKER_USER = "DOCKER-USER";

/** The names of an engine's chains: at most 28 characters, which is all that iptables takes. */
export interface Chains {
  /** The administrator's own for this engine: its rules come first and are never changed by us. */
  readonly user: string;
  readonly forward: string;
  /** Keeps internal networks to themselves. */
  readonly internal: string;
  /** Leads what goes into a network to the network's own chain. */
  readonly into: string;
  readonly out: string;
  /** Ports that are reached at their container's own address. */
  readonly open: string;
  readonly input: string;
  readonly dnat: string;
  readonly snat: string;
  /** Drops what is sent to containers from elsewhere without translation. */
  readonly direct: string;
  /** Leads what comes for a published port to `check`. */
  readonly guard: string;
  readonly check: string;
  /** Lets pass what comes from our own networks. */
  readonly inside: string;
  readonly network: (networkId: string) => string;
  /** The copy of the host's own input chain, and of the chains it leads to. */
  readonly mirror: (index: number) => string;
  readonly isOurs: (chain: string) => boolean;
}

export function chainsOf(engineKey: string): Chains {
  const key = shortKey(engineKey);
  const name = (purpose: string) => `SLIPWAY-${purpose}-${key}`;
  return {
    user: name("USER"),
    forward: name("FWD"),
    internal: name("INT"),
    into: name("INTO"),
    out: name("OUT"),
    open: name("OPEN"),
    input: name("IN"),
    dnat: name("DNAT"),
    snat: name("SNAT"),
    direct: name("RAW"),
    guard: name("GUARD"),
    check: name("CHK"),
    inside: name("LAN"),
    network: (networkId) => `SLW-${digest(networkId)}-${key}`,
    mirror: (index) => `SLW-H${index}-${key}`,
    isOurs: (chain) => keyOf(chain) === key,
  };
}

/** The key of the engine that a chain belongs to, undefined where it is no engine's. */
export const keyOf = (chain: string): string | undefined =>
  /^(?:SLIPWAY-[A-Z]+|SLW-\w+)-([\w.-]+)$/.exec(chain)?.[1];

/** Seven characters of base 36: two of a thousand networks share them once in 150,000 hosts. */
function digest(networkId: string): string {
  const bits = createHash("sha256").update(networkId).digest().readBigUInt64BE();
  return (bits % 36n ** 7n).toString(36).padStart(7, "0");
}
