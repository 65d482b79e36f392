import type {
  EndpointIPAMConfig,
  EndpointSettings,
  IPAM,
  IPAMConfig,
  NetworkConnectRequest,
  NetworkCreateRequest,
  NetworkDisconnectRequest,
  NetworkDoctorRequest,
  NetworkingConfig,
  PortBinding,
  PortsUpdateRequest,
} from "../../api/index.ts";
import { boolean, integer, list, map, nullable, object, string, word } from "./decode.ts";

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

export const networkCreate = object<NetworkCreateRequest>({
  Name: string,
  Driver: string,
  Scope: string,
  Internal: boolean,
  Attachable: boolean,
  Ingress: boolean,
  ConfigOnly: boolean,
  ConfigFrom: object<{ Network: string }>({ Network: string }),
  IPAM: object<Partial<IPAM>>({
    Driver: string,
    Options: map(string),
    Config: list(
      object<IPAMConfig>({
        Subnet: string,
        IPRange: string,
        Gateway: string,
        AuxiliaryAddresses: map(string),
      }),
    ),
  }),
  EnableIPv4: boolean,
  EnableIPv6: boolean,
  Options: map(string),
  Labels: map(string),
  CheckDuplicate: boolean,
});

export const networkConnect = object<NetworkConnectRequest>({ Container: string, EndpointConfig: endpoint });

export const networkDisconnect = object<NetworkDisconnectRequest>({ Container: string, Force: boolean });

export const networkDoctor = object<NetworkDoctorRequest>({
  Container: string,
  Target: string,
  Protocol: word(),
});

const bindings = list(object<PortBinding>({ HostIp: string, HostPort: string }));
const add = map(bindings);
const remove = map(nullable(bindings));

export const portsUpdate = object<PortsUpdateRequest>({ Add: add, Remove: remove });

/** The same within an update of limits. */
export const publishFields = { PublishAdd: add, PublishRemove: remove };
