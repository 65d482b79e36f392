import type { EndpointIPAMConfig, EndpointSettings, NetworkingConfig } from "../../api/index.ts";
import { integer, list, map, nullable, object, string } from "./decode.ts";

const endpoint = object<EndpointSettings>({
  IPAMConfig: object<EndpointIPAMConfig>({
    IPv4Address: string,
    IPv6Address: string,
    LinkLocalIPs: list(string),
  }),
  Links: list(string),
  Aliases: list(string),
  DriverOpts: map(string),
  GwPriority: integer,
  NetworkID: string,
  EndpointID: string,
  Gateway: string,
  IPAddress: string,
  IPPrefixLen: integer,
  IPv6Gateway: string,
  GlobalIPv6Address: string,
  GlobalIPv6PrefixLen: integer,
  MacAddress: string,
  DNSNames: list(string),
});

export const networkingConfig = object<NetworkingConfig>({ EndpointsConfig: map(nullable(endpoint)) });
