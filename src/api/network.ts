export interface EndpointIPAMConfig {
  IPv4Address?: string;
  IPv6Address?: string;
  LinkLocalIPs?: string[] | null;
}

export interface EndpointSettings {
  IPAMConfig?: EndpointIPAMConfig | null;
  Links?: string[] | null;
  Aliases?: string[] | null;
  DriverOpts?: Record<string, string> | null;
  GwPriority?: number;
  NetworkID?: string;
  EndpointID?: string;
  Gateway?: string;
  IPAddress?: string;
  IPPrefixLen?: number;
  IPv6Gateway?: string;
  GlobalIPv6Address?: string;
  GlobalIPv6PrefixLen?: number;
  MacAddress?: string;
  DNSNames?: string[] | null;
}

export interface IPAMConfig {
  Subnet?: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string>;
}

export interface IPAM {
  Driver: string;
  Options: Record<string, string> | null;
  Config: IPAMConfig[];
}

export interface NetworkContainer {
  Name: string;
  EndpointID: string;
  MacAddress: string;
  IPv4Address: string;
  IPv6Address: string;
}

export interface NetworkInspect {
  Name: string;
  Id: string;
  Created: string;
  Scope: string;
  Driver: string;
  EnableIPv4: boolean;
  EnableIPv6: boolean;
  IPAM: IPAM;
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  ConfigFrom: { Network: string };
  ConfigOnly: boolean;
  Containers: Record<string, NetworkContainer>;
  Options: Record<string, string>;
  Labels: Record<string, string>;
}

/** `POST /networks/create`. */
export interface NetworkCreateRequest {
  Name: string;
  Driver?: string;
  Scope?: string;
  Internal?: boolean;
  Attachable?: boolean;
  Ingress?: boolean;
  ConfigOnly?: boolean;
  ConfigFrom?: { Network: string } | null;
  IPAM?: Partial<IPAM> | null;
  EnableIPv4?: boolean | null;
  EnableIPv6?: boolean | null;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
  /** Ignored by the engine since API 1.44: names are always unique. */
  CheckDuplicate?: boolean;
}

export interface NetworkCreateResponse {
  Id: string;
  Warning: string;
}

/** `POST /networks/{id}/connect`. */
export interface NetworkConnectRequest {
  Container: string;
  EndpointConfig?: EndpointSettings | null;
}

/** `POST /networks/{id}/disconnect`. */
export interface NetworkDisconnectRequest {
  Container: string;
  Force?: boolean;
}

export interface NetworksPruneResponse {
  NetworksDeleted: string[] | null;
}

/** Ours, `POST /containers/{id}/ports`: changes what a container publishes, while it runs too. */
export interface PortsUpdateRequest {
  /** As in HostConfig.PortBindings: `80/tcp` → where on the host. */
  Add?: Record<string, { HostIp?: string; HostPort?: string }[]>;
  /** A port without bindings is taken back with all it has; with bindings only these are. */
  Remove?: Record<string, { HostIp?: string; HostPort?: string }[] | null>;
}

export interface PortsUpdateResponse {
  Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
}

/** A rule of the packet filter that serves a network, and what it has counted. */
export interface NetworkRule {
  /** `filter/FORWARD` and the like. */
  Chain: string;
  /** As the packet filter's own program prints it. */
  Rule: string;
  Packets: number;
  Bytes: number;
}

/** Ours, `GET /networks/{id}?verbose=true` adds these. */
export interface NetworkVerbose {
  Rules?: NetworkRule[];
}

/** Ours, `GET /networks/graph`: networks, containers, ports and who reaches whom. */
export interface NetworkGraph {
  Networks: {
    Id: string;
    Name: string;
    Driver: string;
    Subnets: string[];
    Internal: boolean;
    /** May its containers talk to each other? */
    InterContainer: boolean;
    /** Its containers reach what is outside the host. */
    Outbound: boolean;
  }[];
  Containers: {
    Id: string;
    Name: string;
    Running: boolean;
    /** `host`, `none`, or the container whose network it shares. */
    Mode?: string;
    Endpoints: { Network: string; IPv4: string; IPv6: string; Aliases: string[]; Gateway: boolean }[];
    Ports: {
      HostIp: string;
      HostPort: number;
      ContainerPort: number;
      Protocol: string;
      /** Whether other machines can connect: not so for loopback addresses. */
      External: boolean;
    }[];
  }[];
}

/** Ours, `POST /networks/doctor`: tests the path from a container to a target hop by hop. */
export interface NetworkDoctorRequest {
  Container: string;
  /** `name`, `name:port`, `address`, `address:port`, `[v6]:port`, a URL. */
  Target: string;
  /** `tcp` unless given. */
  Protocol?: "tcp" | "udp";
}

export interface NetworkDoctorHop {
  Hop: "container" | "link" | "address" | "dns" | "route" | "gateway" | "rule" | "target" | "port";
  Status: "ok" | "warning" | "failed" | "skipped";
  /** What was found, in a sentence with the addresses and names in it. */
  Detail: string;
  /** What to do about it. */
  Remedy?: string;
}

export interface NetworkDoctorReport {
  Container: string;
  Target: string;
  Hops: NetworkDoctorHop[];
  Ok: boolean;
}
