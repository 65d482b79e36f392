import type * as api from "../../api/index.ts";
import type { SubnetSettings } from "../../network/index.ts";
import type { NetworkDefinition } from "./definition.ts";

/** A network as the API shows it. */
export function toWire(
  network: NetworkDefinition,
  containers: Record<string, api.NetworkContainer>,
): api.NetworkInspect {
  return {
    Name: network.name,
    Id: network.id,
    Created: network.created,
    Scope: "local",
    Driver: network.driver,
    EnableIPv4: network.ipv4,
    EnableIPv6: network.ipv6,
    IPAM: {
      Driver: network.ipamDriver,
      Options: network.ipamOptions,
      Config: network.blocks.map(blockToWire),
    },
    Internal: network.internal,
    Attachable: network.attachable,
    Ingress: false,
    ConfigFrom: { Network: network.configFrom },
    ConfigOnly: network.configOnly,
    Containers: containers,
    Options: network.options,
    Labels: network.labels,
  };
}

function blockToWire({ subnet, range, gateway, auxiliary }: SubnetSettings): api.IPAMConfig {
  return {
    Subnet: subnet,
    ...(range === undefined ? {} : { IPRange: range }),
    ...(gateway === undefined ? {} : { Gateway: gateway }),
    ...(auxiliary === undefined || Object.keys(auxiliary).length === 0
      ? {}
      : { AuxiliaryAddresses: { ...auxiliary } }),
  };
}
