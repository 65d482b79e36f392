import type * as api from "../../api/index.ts";
import type { ContainerRecord } from "./record.ts";

/** The networks of a container with what each gave it; empty addresses while it does not run. */
export function networksOf(record: ContainerRecord): Record<string, api.EndpointSettings> {
  const running = record.state.network?.endpoints ?? {};
  return Object.fromEntries(
    Object.entries(record.endpoints).map(([name, asked]) => {
      const given = running[name];
      return [
        name,
        {
          IPAMConfig: asked.IPAMConfig ?? null,
          Links: asked.Links ?? null,
          Aliases: asked.Aliases ?? null,
          DriverOpts: asked.DriverOpts ?? null,
          GwPriority: asked.GwPriority ?? 0,
          NetworkID: given?.networkId ?? asked.NetworkID ?? "",
          EndpointID: given?.endpointId ?? "",
          Gateway: given?.ipv4?.gateway ?? "",
          IPAddress: given?.ipv4?.address ?? "",
          IPPrefixLen: given?.ipv4?.prefixLength ?? 0,
          IPv6Gateway: "",
          GlobalIPv6Address: "",
          GlobalIPv6PrefixLen: 0,
          MacAddress: given?.macAddress ?? "",
          DNSNames: asked.DNSNames ?? null,
        },
      ];
    }),
  );
}

/** Published ports while it runs, with those that are exposed and not published; otherwise none. */
export function portsOf(record: ContainerRecord): api.PortMap {
  return record.state.network?.ports ?? {};
}

/** The whole of inspect's NetworkSettings, the old fields of the default bridge included. */
export function networkSettings(record: ContainerRecord): api.NetworkSettings {
  const Networks = networksOf(record);
  const bridge = Networks.bridge;
  const { network } = record.state;
  return {
    Bridge: "",
    SandboxID: network?.sandboxId ?? "",
    SandboxKey:
      network === undefined || record.state.initPid === 0 ? "" : `/proc/${record.state.initPid}/ns/net`,
    Ports: portsOf(record),
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.EndpointID ?? "",
    Gateway: bridge?.Gateway ?? "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    IPAddress: bridge?.IPAddress ?? "",
    IPPrefixLen: bridge?.IPPrefixLen ?? 0,
    IPv6Gateway: "",
    MacAddress: bridge?.MacAddress ?? "",
    Networks,
  };
}

/** The running containers on a network, by id. */
export function membersOf(
  containers: Iterable<{ record: ContainerRecord }>,
  network: string,
): Record<string, api.NetworkContainer> {
  const members: Record<string, api.NetworkContainer> = {};
  for (const { record } of containers) {
    const endpoint = record.state.network?.endpoints[network];
    if (endpoint === undefined) continue;
    members[record.id] = {
      Name: record.name,
      EndpointID: endpoint.endpointId,
      MacAddress: endpoint.macAddress,
      IPv4Address:
        endpoint.ipv4 === undefined ? "" : `${endpoint.ipv4.address}/${endpoint.ipv4.prefixLength}`,
      IPv6Address: "",
    };
  }
  return members;
}
