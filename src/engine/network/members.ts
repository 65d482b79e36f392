import type { NetworkContainer } from "../../api/index.ts";
import type { Endpoint } from "../../network/index.ts";
import { bareEndpoint } from "../container/network/bare.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { NetworkDefinition } from "./definition.ts";

type Containers = Iterable<{ readonly record: ContainerRecord }>;

/** The containers that are on a network now, by id: those that run. */
export function membersOf(
  containers: Containers,
  { id, name }: NetworkDefinition,
): Record<string, NetworkContainer> {
  const members: Record<string, NetworkContainer> = {};
  for (const { record } of containers) {
    const bare = bareEndpoint(record, name);
    const endpoint = bare ?? record.state.network?.endpoints[name];
    if (endpoint?.networkId === id) members[record.id] = memberOf(record, endpoint);
  }
  return members;
}

function memberOf(
  { name }: ContainerRecord,
  { endpointId, macAddress = "", ipv4, ipv6 }: Partial<Endpoint>,
): NetworkContainer {
  const text = (it: Endpoint["ipv4"]) => (it === undefined ? "" : `${it.address}/${it.prefixLength}`);
  return {
    Name: name,
    EndpointID: endpointId ?? "",
    MacAddress: macAddress,
    IPv4Address: text(ipv4),
    IPv6Address: text(ipv6),
  };
}
