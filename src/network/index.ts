/**
 * Networks of containers: bridges, sandboxes (a network namespace with its interfaces), published ports,
 * addresses, and the files in /etc that belong to a network. Everything that several engines on one host
 * could confuse carries the engine's key.
 */

export { DEFAULT_GATEWAYS } from "./addresses.ts";
export { cleanup } from "./cleanup.ts";
export { NetworkController, type NetworkOptions } from "./controller.ts";
export { HOST_NAMES } from "./dns/host-names.ts";
export { lookUp, type NameAnswer } from "./dns/lookup.ts";
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
export { backendNames, firewallModes } from "./firewall/choose.ts";
export type { FirewallSettings } from "./firewall/packet-filter.ts";
export {
  type Address,
  canonicalAddress,
  checkFree,
  chooseSubnet,
  contains,
  defaultSubnetBlocks,
  formatAddress,
  formatSubnet,
  holderOf,
  holderOnHost,
  interfaceAddress,
  type Occupied,
  overlap,
  parseAddress,
  parseInterfaceAddress,
  parseSubnet,
  type Subnet,
  type SubnetBlock,
  sizeOf,
} from "./ipam/index.ts";
export type {
  Attachment,
  BridgeNetwork,
  CountedRule,
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
export { chooseWays, type RoutedNetwork, type Ways } from "./routes.ts";
