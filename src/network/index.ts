/**
 * Networks of containers: bridges, sandboxes (a network namespace with its interfaces), published ports,
 * addresses, and the files in /etc that belong to a network. Everything that several engines on one host
 * could confuse carries the engine's key.
 */
import { RouteSocket } from "../os/netlink/index.ts";
import { freeSubnet, type SubnetBlock } from "./ipam/subnet-pool.ts";

export { cleanup } from "./cleanup.ts";
export { NetworkController, type NetworkOptions } from "./controller.ts";
export { HOST_NAMES } from "./dns/host-names.ts";
export { Names, type NamesOptions } from "./dns/names.ts";
export { NAME_SERVER } from "./dns/server.ts";
export { changeHosts, type HostsFile, type HostsLine, renderHostname, renderHosts } from "./files/hosts.ts";
export { rewriteInPlace } from "./files/in-place.ts";
export { type NameServerConf, renderNameServerConf } from "./files/name-server-conf.ts";
export {
  isResolvedStub,
  parseResolvConf,
  RESOLVED_UPSTREAM_FILE,
  type ResolverSettings,
  renderResolvConf,
} from "./files/resolv-conf.ts";
export { formatAddress, formatSubnet, parseInterfaceAddress, parseSubnet } from "./ipam/subnet.ts";
export { defaultSubnetBlocks, type SubnetBlock } from "./ipam/subnet-pool.ts";
export type {
  Attachment,
  BridgeNetwork,
  Endpoint,
  GatewayMode,
  IpvlanNetwork,
  MacvlanNetwork,
  NamedEndpoint,
  NameService,
  NetworkSettings,
  Networks,
  PortRequest,
  PublishedPort,
  ResolverSettings as NameServerSettings,
  Sandbox,
  SubnetSettings,
  Survivor,
} from "./model.ts";

/** The first subnet of the blocks that overlaps neither `taken` nor a route of the host. */
export function chooseSubnet(blocks: readonly SubnetBlock[], taken: readonly string[] = []): string {
  using host = new RouteSocket();
  const routes = host.routes().map(({ destination, prefixLength }) => `${destination}/${prefixLength}`);
  return freeSubnet(blocks, [...taken, ...routes]);
}

/** The first address of an existing interface as "172.17.0.1/16", or undefined without interface or address. */
export function interfaceAddress(name: string): string | undefined {
  using host = new RouteSocket();
  const link = host.link(name);
  const found = link && host.addresses().find(({ index }) => index === link.index);
  return found && `${found.address}/${found.prefixLength}`;
}
