import { HOST_NAMES, type HostsFile } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import type { ContainerRecord, RecordedNetwork } from "../record.ts";
import { hostAddresses, hostAddressesFor } from "./host-gateway.ts";
import { type LinkedContainer, linkHosts } from "./links.ts";
import { modeOf } from "./mode.ts";
import { usesNameServer } from "./names.ts";

/** What decides a container's /etc/hosts while it has these endpoints and links. */
export function hostsFile(
  engine: EngineContext,
  { config, hostConfig }: ContainerRecord,
  endpoints: RecordedNetwork["endpoints"],
  links: readonly LinkedContainer[],
): HostsFile {
  // A name server answers for the host's names; without a network there is no way to it.
  const namesHost = !usesNameServer(engine, endpoints) && modeOf(hostConfig) !== "none";
  return {
    hostname: config.Hostname ?? "",
    ...(config.Domainname ? { domainname: config.Domainname } : {}),
    addresses: Object.values(endpoints).flatMap(({ ipv4, ipv6 }) =>
      [ipv4, ipv6].flatMap((it) => (it === undefined ? [] : [it.address])),
    ),
    extraHosts: hostConfig.ExtraHosts ?? [],
    hostGateway: hostAddresses(engine),
    hostNames: namesHost
      ? hostAddressesFor(engine, endpoints).map((address) => ({ address, names: HOST_NAMES }))
      : [],
    links: linkHosts(links),
  };
}
