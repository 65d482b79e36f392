/**
 * What the engine says to the networks' room, and what it is told. All of it is plain data that can be stored.
 * Addresses are text in the usual form; IPv6 ones are lower case and compressed (RFC 5952).
 */

/** A block of addresses of a network, IPv4 or IPv6. */
export interface SubnetSettings {
  /** "172.18.0.0/16", "fd12:3456::/64" */
  readonly subnet: string;
  /**
   * What containers route through. On a bridge it is the bridge's own address, on macvlan and ipvlan a router
   * outside. Absent where nothing leads out.
   */
  readonly gateway?: string;
  /** Addresses that are handed out without being asked for; the whole subnet unless given. */
  readonly range?: string;
  /**
   * Addresses that others have, by name: never handed out. On a bridge `DefaultGatewayIPv4` and `DefaultGatewayIPv6`
   * are routers that containers take instead of the bridge.
   */
  readonly auxiliary?: Readonly<Record<string, string>>;
}

/**
 * How a bridge network is reached from outside: `nat` by published ports and with the host's address on the way
 * out; `nat-unprotected` also directly, on any port; `routed` without address translation, published ports open;
 * `isolated` not at all, the bridge has no address.
 */
export type GatewayMode = "nat" | "nat-unprotected" | "routed" | "isolated";

interface CommonSettings {
  readonly networkId: string;
  /** As users call it, for messages, and to choose among gateways of equal priority. */
  readonly name: string;
  /** At most one of them IPv4 and IPv6 each is used for addresses that nobody asked for: the first of its kind. */
  readonly subnets: readonly SubnetSettings[];
  /** Nothing leads out of it and nothing in. */
  readonly internal?: boolean;
  /** Bytes; that of the host's uplink unless given. */
  readonly mtu?: number;
  /** What interfaces are called inside, before their number: "eth" unless given. */
  readonly interfacePrefix?: string;
}

export interface BridgeNetwork extends CommonSettings {
  readonly driver: "bridge";
  /** The name of the bridge's interface, at most 15 characters. */
  readonly bridge: string;
  /** May its containers talk to each other? Yes unless given. */
  readonly interContainer?: boolean;
  /** Do packets leave the host under the host's address? Yes unless given; only in the modes `nat…`. */
  readonly masquerade?: boolean;
  /** The address that packets leave the host under, instead of the outgoing interface's. */
  readonly hostIPv4?: string;
  readonly hostIPv6?: string;
  /** The bridge has no IPv4 address: the gateway's is somebody else's on it. */
  readonly inhibitIPv4?: boolean;
  /** Where ports are published that name no address; all addresses unless given. */
  readonly defaultHostIp?: string;
  /** `nat` unless given. */
  readonly gatewayMode4?: GatewayMode;
  readonly gatewayMode6?: GatewayMode;
  /** Interfaces of the host by which containers may be reached directly. */
  readonly trustedInterfaces?: readonly string[];
}

export interface MacvlanNetwork extends CommonSettings {
  readonly driver: "macvlan";
  /** An interface of the host, "eth0", or "eth0.50" which is made (802.1Q) if it is missing; absent: a dummy of its own. */
  readonly parent?: string;
  readonly mode: "bridge" | "private" | "vepa" | "passthru";
}

export interface IpvlanNetwork extends CommonSettings {
  readonly driver: "ipvlan";
  readonly parent?: string;
  readonly mode: "l2" | "l3" | "l3s";
  readonly flag: "bridge" | "private" | "vepa";
}

export type NetworkSettings = BridgeNetwork | MacvlanNetwork | IpvlanNetwork;

/** How a sandbox is to be attached to one network. */
export interface Attachment {
  readonly networkId: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly macAddress?: string;
  /** Further addresses of the interface, such as "169.254.34.68". */
  readonly linkLocal?: readonly string[];
  /** The interface's name inside; the network's prefix and the next free number unless given. */
  readonly interface?: string;
  /** Kernel settings of the interface, "net.ipv4.conf.IFNAME.log_martians" → "1". */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** The attachment of the highest priority gives the default route; of equal ones the first by network's name. */
  readonly gatewayPriority?: number;
}

export interface AssignedAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** Absent where nothing leads out of the network. */
  readonly gateway?: string;
}

/** How a sandbox is attached to one network. */
export interface Endpoint {
  /** 64 hexadecimal digits. */
  readonly endpointId: string;
  readonly networkId: string;
  /** Inside: "eth0". */
  readonly interface: string;
  /** The other end on the host, a port of the bridge; macvlan and ipvlan have none. */
  readonly hostInterface?: string;
  readonly macAddress: string;
  readonly ipv4?: AssignedAddress;
  readonly ipv6?: AssignedAddress;
  readonly linkLocal?: readonly string[];
  readonly gatewayPriority?: number;
}

/** A network namespace with its interfaces, ready for a container's processes. */
export interface Sandbox {
  readonly id: string;
  /** Keeps the namespace alive; the controller's to close. */
  readonly fd: number;
  /** The namespace as the OCI runtime can open it while this engine lives. */
  readonly path: string;
  readonly endpoints: readonly Endpoint[];
}

export type Protocol = "tcp" | "udp" | "sctp";

/** What is to be published: a port of the container, and where on the host. */
export interface PortRequest {
  readonly containerPort: number;
  readonly protocol: Protocol;
  /**
   * An address of the host. Empty or absent for the network's default, which is usually all of IPv4 and, where the
   * container has an IPv6 address, all of IPv6.
   */
  readonly hostIp?: string;
  /** "8080", a range "8000-8010" to choose from, or empty or "0" for any free port. */
  readonly hostPort?: string;
}

/**
 * A port of the host that leads to a port of a container. The addresses are of one family, except where an address of
 * the host is in front of a container that has only the other; such a port is passed on by the engine itself.
 */
export interface PublishedPort {
  readonly protocol: Protocol;
  /** "0.0.0.0" and "::" for all. */
  readonly hostIp: string;
  /** 0 on a routed network: the container's own port is open to those who can route to it. */
  readonly hostPort: number;
  readonly address: string;
  readonly containerPort: number;
}

/** A rule of the packet filter, and what it has counted. */
export interface CountedRule {
  /** `filter/FORWARD` and the like. */
  readonly chain: string;
  /** As the packet filter's own program prints it. */
  readonly rule: string;
  readonly packets: number;
  readonly bytes: number;
}

/** A container that outlived the engine that made it. */
export interface Survivor {
  /** The id of its sandbox. */
  readonly id: string;
  /** A process that lives in the network namespace. */
  readonly pid: number;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PublishedPort[];
}

/**
 * The networks of one engine. Its life: `ensure` for each network, `adopt` for each container that still runs,
 * `reconcile` once; from then on everything else in any order. Errors of one kind each: `conflict` when an address,
 * a port, a subnet or a name has a holder, `exhausted` when none is left, `invalid` for what cannot be, `unavailable`
 * where the kernel lacks it, `notFound` for what is unknown. Whatever fails leaves nothing behind.
 */
export interface Networks {
  /** Makes what the network needs on the host or takes what exists; a network that is known stays as it is. */
  ensure(settings: NetworkSettings): Promise<void>;
  /** Removes the network's rules and what an engine made for it. `conflict` while a sandbox is attached. */
  remove(networkId: string): Promise<void>;
  /** A sandbox attached to the networks in this order: one that is ready, unless something particular is asked for. */
  acquire(attachments: readonly Attachment[], sysctls?: Readonly<Record<string, string>>): Promise<Sandbox>;
  /** Attaches a sandbox, of a running container too, to one more network; routes and published ports follow. */
  connect(sandboxId: string, attachment: Attachment): Promise<Endpoint>;
  /** Detaches it; detached already, it does nothing. Routes and published ports follow. */
  disconnect(sandboxId: string, networkId: string): Promise<void>;
  /** Publishes ports beside those that are published: all or none. Answers what was bound, in the order asked for. */
  publish(sandboxId: string, requests: readonly PortRequest[]): Promise<PublishedPort[]>;
  /** Takes these ports back; established connections through them end. */
  unpublish(sandboxId: string, ports: readonly PublishedPort[]): Promise<void>;
  /** What is published now: its addresses change with `connect` and `disconnect`. */
  ports(sandboxId: string): readonly PublishedPort[];
  /** The packet filter's rules that serve the network; none where the packet filter is left alone. */
  rules(networkId: string): Promise<readonly CountedRule[]>;
  /** Gives back everything of a sandbox whose processes have ended; released before, it does nothing. */
  release(sandbox: { readonly id: string }): Promise<void>;
  adopt(survivor: Survivor): Sandbox;
  /** After the last `adopt`: removes interfaces and rules that belong to nobody, and begins to work ahead. */
  reconcile(): Promise<void>;
  /** Lets go of everything and leaves running containers with their interfaces and rules. */
  close(): Promise<void>;
}

/** What the names of one container on one network are. */
export interface NamedEndpoint {
  readonly endpointId: string;
  /** The container's name, its short id, aliases: each answers with the addresses of all that have it. */
  readonly names: readonly string[];
  /** The name that PTR answers with, without the network's: the container's. */
  readonly canonical: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** What the name server in a sandbox knows besides the names of its networks. */
export interface ResolverSettings {
  /** In the order in which they are searched. */
  readonly networks: readonly { readonly networkId: string; readonly name: string }[];
  /** The user's own servers (`--dns`), asked from inside the sandbox; absent: the host's, asked from the host. */
  readonly servers?: readonly string[];
  /** Names that only this sandbox knows, with the container names they stand for: `--link`. */
  readonly links?: Readonly<Record<string, string>>;
  /** What `host.docker.internal` and the other names of the host resolve to, IPv4 and IPv6; nothing unless given. */
  readonly hostAddresses?: readonly string[];
  /**
   * Unknown names of one label are not asked for outside but answered with nothing, so that programs go on with their
   * search domains: where the container's resolv.conf has an `ndots` that somebody chose.
   */
  readonly keepSingleLabels?: boolean;
  /**
   * False on networks out of which nothing leads: the host's servers are not asked, and unknown names are answered
   * with SERVFAIL at once. Servers of the user's are asked all the same, one may be on the network.
   */
  readonly forward: boolean;
}

/** The embedded name server: one zone for each network, one server at 127.0.0.11 in each sandbox that wants it. */
export interface NameService {
  register(network: { readonly networkId: string; readonly name: string }, endpoint: NamedEndpoint): void;
  unregister(networkId: string, endpointId: string): void;
  /**
   * Serves in the sandbox's namespace, also one where an engine that died has served; served already, it is an
   * `update`. Its sockets keep the namespace alive until `stop`.
   */
  serve(sandbox: Pick<Sandbox, "id" | "fd">, settings: ResolverSettings): Promise<void>;
  /** Changes what a server knows; without one it does nothing. */
  update(sandboxId: string, settings: ResolverSettings): void;
  stop(sandboxId: string): void;
  close(): void;
}
