import { closeSync, openSync } from "node:fs";
import { messageOf, notFound } from "../errors/index.ts";
import { RouteSocket, setLink } from "../os/netlink/index.ts";
import { type Bridge, type BridgeNetwork, ensureBridge, removeBridge } from "./bridge.ts";
import type { PortRequest } from "./host-ports.ts";
import { AddressPool } from "./ipam/address-pool.ts";
import { parseSubnet } from "./ipam/subnet.ts";
import { Departures, ownLinks, removeLink } from "./links.ts";
import { type Log, PacketFilter } from "./packet-filter.ts";
import { Publisher } from "./publisher.ts";
import type { PublishedPort } from "./rules.ts";
import { createSandbox, type Endpoint, type Sandbox } from "./sandbox.ts";
import { WarmPool } from "./warm-pool.ts";

export interface NetworkOptions {
  /** Tells several engines on one host apart: names of chains and aliases of links are made from it. */
  readonly engineKey: string;
  /** False leaves the packet filter alone: published ports are then reserved, and lead nowhere. */
  readonly firewall: boolean;
  readonly log: Log;
  /** Sandboxes kept ready for each network; 3 unless given. */
  readonly warm?: number;
}

export interface AcquireOptions {
  readonly address?: string;
  readonly macAddress?: string;
  /** Kernel settings of the namespace: "net.ipv4.ip_unprivileged_port_start" → "0". */
  readonly sysctls?: Readonly<Record<string, string>>;
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

interface Network {
  readonly settings: BridgeNetwork;
  readonly bridge: Bridge;
  readonly addresses: AddressPool;
  readonly warm: WarmPool<Sandbox>;
}

/**
 * The networks of one engine. Its life: `ensureBridge` for each network, `adopt` for each container that
 * still runs, `reconcile` once; from then on everything else in any order. What is held by nothing but this
 * process (warm sandboxes, reserved ports) ends with it, however it ends.
 */
export class NetworkController {
  readonly #options: NetworkOptions;
  readonly #host = new RouteSocket();
  readonly #networks = new Map<string, Network>();
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #filter: PacketFilter | undefined;
  readonly #publisher: Publisher;
  readonly #departures: Departures;
  /** Until then rules and links of survivors must not be taken for leftovers. */
  #reconciled = false;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#filter = options.firewall ? new PacketFilter(options.engineKey, options.log) : undefined;
    this.#publisher = new Publisher(this.#filter, options.log);
    this.#departures = new Departures(this.#host, options.engineKey, (error) =>
      options.log("error", `cannot remove the interface of an ended container: ${messageOf(error)}`),
    );
  }

  /** Makes the network's bridge or takes the existing one; a network that is known already stays as it is. */
  async ensureBridge(settings: BridgeNetwork): Promise<void> {
    const { networkId, subnet, gateway, range } = settings;
    if (this.#networks.has(networkId)) return;
    const bridge = ensureBridge(this.#host, this.#options.engineKey, settings);
    const addresses = new AddressPool(parseSubnet(subnet), gateway, parseSubnet(range ?? subnet));
    const warm = new WarmPool(
      this.#options.warm ?? 3,
      () => this.#create({ bridge, addresses }, {}),
      (error) => this.#options.log("debug", `no sandbox made ahead for ${bridge.name}: ${messageOf(error)}`),
    );
    this.#networks.set(networkId, { settings, bridge, addresses, warm });
    this.#filter?.bridges.set(networkId, {
      bridge: bridge.name,
      subnet,
      interContainer: settings.interContainer ?? true,
      masquerade: settings.masquerade ?? true,
    });
    if (!this.#reconciled) return;
    await this.#filter?.apply({ everything: true });
    warm.start();
  }

  /** Removes the network's rules and, if it was made by an engine, its bridge. Its sandboxes must be released. */
  async removeBridge(networkId: string): Promise<void> {
    const network = this.#networks.get(networkId);
    if (network === undefined) return;
    this.#networks.delete(networkId);
    for (const sandbox of network.warm.close()) this.#dispose(sandbox, network);
    this.#filter?.bridges.delete(networkId);
    await this.#filter?.apply({ everything: true });
    removeBridge(this.#host, this.#options.engineKey, network.bridge.name);
  }

  /**
   * A sandbox on the network: one that is ready, unless something particular is asked for. `conflict` when the
   * address has a holder, `exhausted` when the network has none left.
   */
  acquire(networkId: string, options: AcquireOptions = {}): Sandbox {
    const network = this.#network(networkId);
    const sandbox = this.#takeReady(network, options) ?? this.#create(network, options);
    this.#sandboxes.set(sandbox.id, sandbox);
    return sandbox;
  }

  /**
   * Publishes ports of the sandbox: all of them or none. Answers what was bound, in the order asked for.
   * `conflict` when a port is taken, by a container or by another program.
   */
  async publish(sandbox: Sandbox, requests: readonly PortRequest[]): Promise<PublishedPort[]> {
    const [endpoint] = sandbox.endpoints;
    if (endpoint === undefined) throw notFound("a container without a network has no ports to publish");
    const { defaultHostIp } = this.#network(endpoint.networkId).settings;
    return this.#publisher.publish(sandbox.id, endpoint.address, requests, defaultHostIp);
  }

  /** Gives back everything of a sandbox whose processes have ended; released before, it does nothing. */
  async release({ id }: Pick<Sandbox, "id">): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) return;
    this.#sandboxes.delete(id);
    try {
      await this.#publisher.unpublish(id);
    } finally {
      this.#dispose(sandbox, this.#networks.get(sandbox.endpoints[0]?.networkId ?? ""));
    }
  }

  /** Takes over the sandbox of a running container; what its network lost meanwhile is logged, not fatal. */
  adopt(survivor: Survivor): Sandbox {
    const { id, pid, endpoints, ports } = survivor;
    const fd = openSync(`/proc/${pid}/ns/net`, "r");
    const sandbox = { id, fd, path: `/proc/${process.pid}/fd/${fd}`, endpoints };
    this.#sandboxes.set(id, sandbox);
    for (const { networkId, address, hostInterface } of endpoints) {
      try {
        const { addresses, bridge } = this.#network(networkId);
        addresses.allocate(address);
        this.#host.transact(setLink(hostInterface, { up: true, master: bridge.index }));
      } catch (error) {
        this.#options.log("error", `a running container lost its network: ${messageOf(error)}`);
      }
    }
    this.#publisher.adopt(id, ports);
    return sandbox;
  }

  /** After the last `adopt`: removes interfaces and rules that belong to nobody, and begins to work ahead. */
  async reconcile(): Promise<void> {
    const wanted = new Set<string>();
    for (const { endpoints } of this.#sandboxes.values())
      for (const it of endpoints) wanted.add(it.hostInterface);
    for (const { bridge } of this.#networks.values()) wanted.add(bridge.name);
    for (const { name } of ownLinks(this.#host, this.#options.engineKey)) {
      if (wanted.has(name)) continue;
      removeLink(this.#host, name);
      await Bun.sleep(0);
    }
    this.#reconciled = true;
    await this.#filter?.apply({ everything: true });
    for (const { warm } of this.#networks.values()) warm.start();
  }

  /** Lets go of everything and leaves running containers with their interfaces and rules. */
  async close(): Promise<void> {
    await this.#filter?.close();
    this.#departures.stop();
    this.#publisher.close();
    const warm = [...this.#networks.values()].flatMap((network) => network.warm.close());
    for (const { fd } of [...warm, ...this.#sandboxes.values()]) closeSync(fd);
    this.#sandboxes.clear();
    this.#networks.clear();
    this.#host[Symbol.dispose]();
  }

  #network(networkId: string): Network {
    const network = this.#networks.get(networkId);
    if (network === undefined) throw notFound(`network ${networkId} not found`);
    return network;
  }

  /** A ready one may hold the very address asked for; if it does not suit otherwise it makes way. */
  #takeReady(network: Network, { address, macAddress, sysctls }: AcquireOptions): Sandbox | undefined {
    const ordinary = macAddress === undefined && sysctls === undefined;
    if (!ordinary && address === undefined) return undefined;
    const ready = network.warm.take(
      ({ endpoints }) => address === undefined || endpoints.some((endpoint) => endpoint.address === address),
    );
    if (ready === undefined || ordinary) return ready;
    this.#dispose(ready, network);
    return undefined;
  }

  #create({ bridge, addresses }: Pick<Network, "bridge" | "addresses">, options: AcquireOptions): Sandbox {
    const address = addresses.allocate(options.address);
    try {
      return createSandbox(this.#host, this.#options.engineKey, bridge, { ...options, address });
    } catch (error) {
      addresses.free(address);
      throw error;
    }
  }

  #dispose({ fd, endpoints }: Sandbox, network: Network | undefined): void {
    closeSync(fd);
    for (const { address, hostInterface } of endpoints) {
      network?.addresses.free(address);
      this.#departures.add(hostInterface);
    }
  }
}
