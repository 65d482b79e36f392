import type { Table } from "../../metastore/index.ts";
import {
  chooseSubnet,
  formatAddress,
  formatSubnet,
  interfaceAddress,
  parseInterfaceAddress,
} from "../../network/index.ts";
import type { EngineConfig } from "../config/index.ts";

/** The default bridge as the engine runs it. */
export interface DefaultBridge {
  name: string;
  /** `172.17.0.0/16` */
  subnet: string;
  gateway: string;
  mtu: number;
  icc: boolean;
  publishAddress: string;
}

/**
 * Settles the default bridge's address: the configured one, that of the bridge which exists already, the one it
 * had before, or the first free pool. Undefined with `--bridge none`.
 */
export function bridgeSettings(
  config: EngineConfig,
  remembered: Table<{ address: string }>,
): DefaultBridge | undefined {
  const { bridge: name, bip, mtu, icc, publishAddress } = config;
  if (name === "none") return undefined;
  const address = bip ?? interfaceAddress(name) ?? remembered.get(name)?.address ?? firstFree(config);
  if (remembered.get(name)?.address !== address) remembered.put(name, { address });
  const parsed = parseInterfaceAddress(address);
  return {
    name,
    subnet: formatSubnet(parsed.subnet),
    gateway: formatAddress(parsed.address),
    mtu,
    icc,
    publishAddress,
  };
}

/** The first address of the first pool that nothing on this host overlaps. */
function firstFree({ addressPools }: EngineConfig): string {
  const { subnet } = parseInterfaceAddress(chooseSubnet(addressPools));
  return `${formatAddress(subnet.base + 1)}/${subnet.prefixLength}`;
}
