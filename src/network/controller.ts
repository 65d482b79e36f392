import { closeSync, openSync } from "node:fs";
import { messageOf, notFound } from "../errors/index.ts";
import { RouteSocket } from "../os/netlink/index.ts";
import { type Bridge, type BridgeNetwork, ensureBridge, removeBridge } from "./bridge.ts";
import { type Log, PacketFilter } from "./firewall/packet-filter.ts";
import type { PublishedPort } from "./firewall/rules.ts";
import type { PortRequest } from "./host-ports.ts";
import { AddressPool } from "./ipam/address-pool.ts";
import { parseSubnet } from "./ipam/subnet.ts";
import { Departures, ownLinks, removeLink } from "./links.ts";
import { Publisher } from "./publisher.ts";
import { isGone, plug, rebuildBridge } from "./repair.ts";
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

/** How long containers may be cut off when somebody deletes their bridge; a container that starts looks itself. */
const BRIDGE_WATCH_MS = 2_000;

interface Network {
  readonly settings: BridgeNetwork;
  bridge: Bridge;
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
  #watch: NodeJS.Timeout | undefined;
  #lastFailure = "";
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
      () => this.#create(network, {}),
      (error) => this.#options.log("debug", `no sandbox made ahead for ${bridge.name}: ${messageOf(error)}`),
    );
    const network: Network = { settings, bridge, addresses, warm };
    this.#networks.set(networkId, network);
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
    this.#keepBridge(network);
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
        plug(this.#host, bridge, hostInterface);
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
    this.#watch = setInterval(() => this.#keepBridges(), BRIDGE_WATCH_MS).unref();
  }

  /** Lets go of everything and leaves running containers with their interfaces and rules. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
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

  #keepBridges(): void {
    let failure = "";
    for (const network of this.#networks.values()) {
      try {
        this.#keepBridge(network);
      } catch (error) {
        failure = `cannot put the bridge ${network.bridge.name} back: ${messageOf(error)}`;
      }
    }
    // What keeps failing is said once.
    if (failure !== "" && failure !== this.#lastFailure) this.#options.log("error", failure);
    this.#lastFailure = failure;
  }

  /** Sees to it that the network's bridge is there. What was made ahead is on the one that is gone. */
  #keepBridge(network: Network): void {
    if (!isGone(this.#host, network.bridge)) return;
    const { engineKey, log } = this.#options;
    const { networkId } = network.settings;
    for (const sandbox of network.warm.close()) this.#dispose(sandbox, network);
    const endpoints = [...this.#sandboxes.values()].flatMap((sandbox) => sandbox.endpoints);
    const here = endpoints.filter((endpoint) => endpoint.networkId === networkId);
    network.bridge = rebuildBridge(this.#host, engineKey, network.settings, here, log);
    network.warm.start();
    this.#filter?.apply({ everything: true }).catch((error: unknown) => {
      log("error", `cannot put the rules of ${network.bridge.name} back: ${messageOf(error)}`);
    });
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
