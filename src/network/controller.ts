import { closeSync, openSync } from "node:fs";
import { messageOf, notFound, notImplemented } from "../errors/index.ts";
import { RouteSocket } from "../os/netlink/index.ts";
import { type Bridge, blockOf, ensureBridge, removeBridge } from "./bridge.ts";
import { type FirewallSettings, type Log, PacketFilter } from "./firewall/packet-filter.ts";
import { AddressPool } from "./ipam/address-pool.ts";
import { Departures, ownLinks, removeLink } from "./links.ts";
import type {
  Attachment,
  BridgeNetwork,
  Endpoint,
  NetworkSettings,
  Networks,
  PortRequest,
  PublishedPort,
  Sandbox,
  Survivor,
} from "./model.ts";
import { Publisher, type PublishOptions } from "./publish/index.ts";
import { isGone, plug, rebuildBridge } from "./repair.ts";
import { createSandbox } from "./sandbox.ts";
import { WarmPool } from "./warm-pool.ts";

export interface NetworkOptions {
  /** Tells several engines on one host apart: names of chains and aliases of links are made from it. */
  readonly engineKey: string;
  /** False leaves the packet filter alone: published ports are then reserved, and lead nowhere. */
  readonly firewall: boolean;
  /** How the packet filter is served. */
  readonly packetFilter?: FirewallSettings;
  readonly log: Log;
  /** Sandboxes kept ready for each network; 3 unless given. */
  readonly warm?: number;
}

/** How long containers may be cut off when somebody deletes their bridge; a container that starts looks itself. */
const BRIDGE_WATCH_MS = 2_000;

interface Network {
  readonly settings: BridgeNetwork;
  bridge: Bridge;
  readonly addresses: AddressPool;
  readonly warm: WarmPool<Sandbox>;
}

type Particular = Omit<Attachment, "networkId"> & { readonly sysctls?: Readonly<Record<string, string>> };

/**
 * The networks of one engine. What is held by nothing but this process (warm sandboxes, reserved ports) ends with
 * it, however it ends.
 */
export class NetworkController implements Networks {
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
    this.#filter = options.firewall
      ? new PacketFilter(options.engineKey, options.log, options.packetFilter)
      : undefined;
    this.#publisher = new Publisher(this.#filter, options.log);
    this.#departures = new Departures(this.#host, options.engineKey, (error) =>
      options.log("error", `cannot remove the interface of an ended container: ${messageOf(error)}`),
    );
  }

  async ensure(settings: NetworkSettings): Promise<void> {
    const { networkId } = settings;
    if (this.#networks.has(networkId)) return;
    if (settings.driver !== "bridge")
      throw notImplemented(`the network driver ${settings.driver} is not supported`);
    const { subnet, gateway, range } = blockOf(settings);
    const bridge = ensureBridge(this.#host, this.#options.engineKey, settings);
    const addresses = new AddressPool({ subnet, gateway, ...(range && { range }) });
    const warm = new WarmPool(
      this.#options.warm ?? 3,
      () => this.#create(network, {}),
      (error) => this.#options.log("debug", `no sandbox made ahead for ${bridge.name}: ${messageOf(error)}`),
    );
    const network: Network = { settings, bridge, addresses, warm };
    this.#networks.set(networkId, network);
    this.#filter?.networks.set(networkId, settings);
    if (!this.#reconciled) return;
    await this.#filter?.apply();
    warm.start();
  }

  async remove(networkId: string): Promise<void> {
    const network = this.#networks.get(networkId);
    if (network === undefined) return;
    this.#networks.delete(networkId);
    for (const sandbox of network.warm.close()) this.#dispose(sandbox, network);
    this.#filter?.networks.delete(networkId);
    await this.#filter?.apply();
    removeBridge(this.#host, this.#options.engineKey, network.bridge.name);
  }

  async acquire(
    attachments: readonly Attachment[],
    sysctls?: Readonly<Record<string, string>>,
  ): Promise<Sandbox> {
    const [attachment, another] = attachments;
    if (attachment === undefined || another !== undefined)
      throw notImplemented("a container cannot have several networks");
    const particular = { ...attachment, ...(sysctls && { sysctls }) };
    const network = this.#network(attachment.networkId);
    this.#keepBridge(network);
    const sandbox = this.#takeReady(network, particular) ?? this.#create(network, particular);
    this.#sandboxes.set(sandbox.id, sandbox);
    return sandbox;
  }

  async connect(_sandboxId: string, _attachment: Attachment): Promise<Endpoint> {
    throw notImplemented("a running container cannot be connected to a network");
  }

  async disconnect(_sandboxId: string, _networkId: string): Promise<void> {
    throw notImplemented("a running container cannot be disconnected from a network");
  }

  async publish(sandboxId: string, requests: readonly PortRequest[]): Promise<PublishedPort[]> {
    return this.#publisher.publish(sandboxId, requests, this.#publishOptions(sandboxId));
  }

  async unpublish(sandboxId: string, ports: readonly PublishedPort[]): Promise<void> {
    await this.#publisher.unpublish(sandboxId, ports);
  }

  ports(sandboxId: string): readonly PublishedPort[] {
    return this.#publisher.ports(sandboxId);
  }

  async release({ id }: { readonly id: string }): Promise<void> {
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
    for (const { networkId, ipv4, hostInterface = "" } of endpoints) {
      try {
        const { addresses, bridge } = this.#network(networkId);
        addresses.allocate(ipv4?.address);
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
      for (const it of endpoints) wanted.add(it.hostInterface ?? "");
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

  #publishOptions(sandboxId: string): PublishOptions {
    const [endpoint] = this.#sandboxes.get(sandboxId)?.endpoints ?? [];
    if (endpoint === undefined) throw notFound("a container without a network has no ports to publish");
    const { ipv4, ipv6, networkId } = endpoint;
    const { defaultHostIp } = this.#network(networkId).settings;
    return { targets: { ...(ipv4 && { 4: ipv4 }), ...(ipv6 && { 6: ipv6 }) }, defaultHostIp };
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
  #takeReady(network: Network, { ipv4: address, macAddress, sysctls }: Particular): Sandbox | undefined {
    const ordinary = macAddress === undefined && sysctls === undefined;
    if (!ordinary && address === undefined) return undefined;
    const ready = network.warm.take(
      ({ endpoints }) => address === undefined || endpoints.some(({ ipv4 }) => ipv4?.address === address),
    );
    if (ready === undefined || ordinary) return ready;
    this.#dispose(ready, network);
    return undefined;
  }

  #create({ bridge, addresses }: Pick<Network, "bridge" | "addresses">, options: Particular): Sandbox {
    const { ipv4, macAddress, sysctls } = options;
    const address = addresses.allocate(ipv4);
    try {
      return createSandbox(this.#host, this.#options.engineKey, bridge, {
        address,
        ...(macAddress && { macAddress }),
        ...(sysctls && { sysctls }),
      });
    } catch (error) {
      addresses.free(address);
      throw error;
    }
  }

  #dispose({ fd, endpoints }: Sandbox, network: Network | undefined): void {
    closeSync(fd);
    for (const { ipv4, hostInterface } of endpoints) {
      if (ipv4 !== undefined) network?.addresses.free(ipv4.address);
      if (hostInterface !== undefined) this.#departures.add(hostInterface);
    }
  }
}
