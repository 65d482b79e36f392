import type * as api from "../../../api/index.ts";
import type { Endpoint } from "../../../network/index.ts";
import type { ContainerRecord } from "../record.ts";
import { bareEndpoint } from "./bare.ts";
import { dnsNames, hasNames } from "./names.ts";

/** The networks of a container with what each gave it; empty addresses while it does not run. */
export function networksOf(record: ContainerRecord): Record<string, api.EndpointSettings> {
  const running = record.state.network?.endpoints ?? {};
  return Object.fromEntries(
    Object.entries(record.endpoints).map(([name, asked]) => {
      const given: Partial<Endpoint> | undefined = running[name] ?? bareEndpoint(record, name);
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
          IPv6Gateway: given?.ipv6?.gateway ?? "",
          GlobalIPv6Address: given?.ipv6?.address ?? "",
          GlobalIPv6PrefixLen: given?.ipv6?.prefixLength ?? 0,
          MacAddress: given?.macAddress ?? "",
          DNSNames: hasNames(name) ? dnsNames(record, asked) : null,
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
    GlobalIPv6Address: bridge?.GlobalIPv6Address ?? "",
    GlobalIPv6PrefixLen: bridge?.GlobalIPv6PrefixLen ?? 0,
    IPAddress: bridge?.IPAddress ?? "",
    IPPrefixLen: bridge?.IPPrefixLen ?? 0,
    IPv6Gateway: bridge?.IPv6Gateway ?? "",
    MacAddress: bridge?.MacAddress ?? "",
    Networks,
  };
}
