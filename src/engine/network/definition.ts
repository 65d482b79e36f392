import type { NetworkSettings, SubnetSettings } from "../../network/index.ts";

export type NetworkDriver = "bridge" | "macvlan" | "ipvlan" | "host" | "null";

/** A network as the engine knows it: what was asked for, and what was settled. One document of the metastore. */
export interface NetworkDefinition {
  readonly id: string;
  readonly name: string;
  readonly driver: NetworkDriver;
  /** RFC3339Nano. */
  readonly created: string;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly internal: boolean;
  readonly attachable: boolean;
  /** Nothing but settings that others are made from. */
  readonly configOnly: boolean;
  /** The name of the network that the settings are from; empty for those with their own. */
  readonly configFrom: string;
  readonly ipamDriver: string;
  readonly ipamOptions: Record<string, string> | null;
  /** IPv4 before IPv6. */
  readonly blocks: readonly SubnetSettings[];
  readonly options: Record<string, string>;
  readonly labels: Record<string, string>;
  /** What makes it on the host; absent where there is nothing to make. */
  readonly settings?: NetworkSettings;
}

const predefined = new Set(["bridge", "host", "none", "default"]);

/** The networks that every engine has; nobody can make or remove them. */
export const isPredefined = (name: string): boolean => predefined.has(name);
