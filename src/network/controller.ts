import { openSync } from "node:fs";
import { messageOf, notFound } from "../errors/index.ts";
import { RouteSocket } from "../os/netlink/index.ts";
import { Ahead } from "./ahead.ts";
import { Announcer } from "./announcer.ts";
import { Attachments } from "./attachments.ts";
import { type FirewallSettings, type Log, PacketFilter } from "./firewall/packet-filter.ts";
import { DeviceKeeper } from "./keeper.ts";
import { Departures, ownLinks, removeLink } from "./links.ts";
import type {
  Attachment,
  CountedRule,
  Endpoint,
  NetworkSettings,
  Networks,
  PortRequest,
  PublishedPort,
  Sandbox,
  Survivor,
} from "./model.ts";
import type { Network } from "./network.ts";
import { Publisher } from "./publish/index.ts";
import { type RepairOptions, repairNetwork, repairSandbox } from "./repair.ts";
import { createSandbox, LiveSandbox } from "./sandbox.ts";
import { NetworkTable } from "./table.ts";
import { publishTargets } from "./target.ts";

export interface NetworkOptions {
  /** Tells several engines on one host apart: names of chains and aliases of links are made from it. */
  readonly engineKey: string;
  /** False leaves the packet filter alone: published ports are then reserved, and lead nowhere. */
  readonly firewall: boolean;
  /** How the packet filter is served. */
  readonly packetFilter?: FirewallSettings;
  readonly log: Log;
  /** Sandboxes kept ready for each network that was used lately; 3 unless given. */
  readonly warm?: number;
}

/**
 * The networks of one engine. What is held by nothing but this process (sandboxes made ahead, reserved ports) ends
 * with it, however it ends.
 */
export class NetworkController implements Networks {
  readonly #options: NetworkOptions;
  readonly #host = new RouteSocket();
  readonly #filter: PacketFilter | undefined;
  readonly #table: NetworkTable;
  readonly #attachments: Attachments;
  readonly #ahead: Ahead;
  readonly #publisher: Publisher;
  readonly #departures: Departures;
  readonly #keeper: DeviceKeeper;
  readonly #announcer: Announcer;
  readonly #sandboxes = new Map<string, LiveSandbox>();
  /** Until then rules and links of survivors must not be taken for leftovers. */
  #reconciled = false;

  constructor(options: NetworkOptions) {
    this.#options = options;
    const { engineKey, firewall, log, warm: size = 3 } = options;
    const host = this.#host;
    this.#filter = firewall ? new PacketFilter(engineKey, log, options.packetFilter) : undefined;
    this.#announcer = new Announcer(log);
    this.#publisher = new Publisher(this.#filter, log);
    this.#departures = new Departures(host, engineKey, (error) =>
      log("error", `cannot remove the interface of an ended container: ${messageOf(error)}`),
    );
    const filter = this.#filter;
    const onLeaving = (network: Network) => this.#ahead.forget(network);
    this.#table = new NetworkTable({ host, engineKey, firewall, filter, onLeaving });
    this.#attachments = new Attachments(this.#table, this.#departures, this.#announcer);
    this.#ahead = new Ahead({
      size,
      make: (network) => this.#attachments.ahead(network),
      dispose: (sandbox) => this.#attachments.dispose(sandbox),
      onFailure: ({ settings: { name } }, error) =>
        log("debug", `no sandbox made ahead for the network ${name}: ${messageOf(error)}`),
    });
    this.#keeper = new DeviceKeeper(
      this.#table,
      (network) => this.#repair(network),
      (failure) => log("error", failure),
    );
  }

  async ensure(settings: NetworkSettings): Promise<void> {
    await this.#table.add(settings, { enforce: this.#reconciled });
  }

  async remove(networkId: string): Promise<void> {
    await this.#table.delete(networkId);
  }

  async acquire(
    attachments: readonly Attachment[],
    sysctls: Readonly<Record<string, string>> = {},
  ): Promise<Sandbox> {
    const networks = attachments.map(({ networkId }) => this.#keeper.keep(this.#table.get(networkId)));
    const [network] = networks;
    const [wanted, ...further] = attachments;
    // One that has its addresses already cannot be told to have no IPv6.
    const late = Object.keys(sysctls).some((name) => name.includes("ipv6"));
    const ready = network && wanted && !late ? this.#ahead.take(network, wanted) : undefined;
    const sandbox = ready ?? createSandbox();
    try {
      sandbox.configure(sysctls);
      if (ready !== undefined) network?.members.add(sandbox);
      this.#attachments.add(sandbox, ready === undefined ? attachments : further);
    } catch (error) {
      this.#attachments.dispose(sandbox);
      throw error;
    }
    this.#sandboxes.set(sandbox.id, sandbox);
    return sandbox;
  }

  async connect(sandboxId: string, attachment: Attachment): Promise<Endpoint> {
    const sandbox = this.#sandbox(sandboxId);
    const network = this.#keeper.keep(this.#table.get(attachment.networkId));
    this.#ahead.makeWay(network, attachment);
    const [endpoint] = this.#attachments.add(sandbox, [attachment]);
    if (endpoint === undefined)
      throw notFound(`the container is not on the network ${network.settings.name}`);
    try {
      await this.#retarget(sandbox);
      return endpoint;
    } catch (error) {
      this.#attachments.remove(sandbox, endpoint);
      throw error;
    }
  }

  async disconnect(sandboxId: string, networkId: string): Promise<void> {
    const sandbox = this.#sandboxes.get(sandboxId);
    const endpoint = sandbox?.on(networkId);
    if (sandbox === undefined || endpoint === undefined) return;
    this.#attachments.route(sandbox, [endpoint]);
    try {
      await this.#retarget(sandbox, [endpoint]);
    } catch (error) {
      this.#attachments.route(sandbox);
      throw error;
    }
    this.#attachments.remove(sandbox, endpoint);
  }

  async publish(sandboxId: string, requests: readonly PortRequest[]): Promise<PublishedPort[]> {
    const options = this.#target(this.#sandbox(sandboxId));
    if (Object.keys(options.targets).length > 0) return this.#publisher.publish(sandboxId, requests, options);
    // As with Docker: a container that is reached by its own address, or by none, publishes nothing.
    this.#options.log("warn", "ports of a container whose way out is no bridge network are not published");
    return [];
  }

  async unpublish(sandboxId: string, ports: readonly PublishedPort[]): Promise<void> {
    await this.#publisher.unpublish(sandboxId, ports);
  }

  ports(sandboxId: string): readonly PublishedPort[] {
    return this.#publisher.ports(sandboxId);
  }

  async rules(networkId: string): Promise<readonly CountedRule[]> {
    return (await this.#filter?.counters(networkId)) ?? [];
  }

  async release({ id }: { readonly id: string }): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) return;
    this.#sandboxes.delete(id);
    try {
      await this.#publisher.unpublish(id);
    } finally {
      this.#attachments.dispose(sandbox);
    }
  }

  adopt({ id, pid, endpoints, ports }: Survivor): Sandbox {
    const sandbox = new LiveSandbox(id, openSync(`/proc/${pid}/ns/net`, "r"), endpoints);
    this.#sandboxes.set(id, sandbox);
    for (const endpoint of endpoints) {
      const network = this.#table.find(endpoint.networkId);
      network?.members.add(sandbox);
      try {
        network?.addresses.hold(endpoint);
        for (const it of [endpoint.ipv4, endpoint.ipv6])
          if (it !== undefined) network?.holders.note(it.address, endpoint.macAddress);
      } catch (error) {
        this.#options.log("error", `two running containers have one address: ${messageOf(error)}`);
      }
    }
    repairSandbox(sandbox, this.#repairs);
    this.#publisher.adopt(id, ports);
    return sandbox;
  }

  async reconcile(): Promise<void> {
    const wanted = new Set<string | undefined>();
    for (const { endpoints } of this.#sandboxes.values())
      for (const { hostInterface } of endpoints) wanted.add(hostInterface);
    for (const { driver } of this.#table) for (const name of driver.devices) wanted.add(name);
    for (const { name } of ownLinks(this.#host, this.#options.engineKey)) {
      if (wanted.has(name)) continue;
      removeLink(this.#host, name);
      await Bun.sleep(0);
    }
    this.#reconciled = true;
    await this.#filter?.apply({ everything: true });
    this.#ahead.start(this.#table);
    this.#keeper.start();
  }

  async close(): Promise<void> {
    this.#keeper.stop();
    await this.#filter?.close();
    this.#departures.stop();
    this.#publisher.close();
    for (const sandbox of [...this.#ahead.close(), ...this.#sandboxes.values()]) sandbox.close();
    this.#sandboxes.clear();
    this.#table.clear();
    this.#host[Symbol.dispose]();
  }

  #sandbox(id: string): LiveSandbox {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined)
      throw notFound(`the container's network ${id} is not known; restart the container`);
    return sandbox;
  }

  get #repairs(): RepairOptions {
    return {
      engineKey: this.#options.engineKey,
      log: this.#options.log,
      find: (id) => this.#table.find(id),
      routed: (id) => this.#table.routed(id),
      announcer: this.#announcer,
    };
  }

  /** What was made ahead is on the device that is gone. */
  #repair(network: Network): void {
    this.#ahead.forget(network);
    repairNetwork(network, this.#repairs);
    this.#ahead.use(network);
    this.#filter?.apply({ everything: true }).catch((error: unknown) => {
      const { name } = network.settings;
      this.#options.log("error", `cannot put the rules of the network ${name} back: ${messageOf(error)}`);
    });
  }

  #target(sandbox: LiveSandbox, without: readonly Endpoint[] = []) {
    return publishTargets(
      sandbox.endpoints.filter((endpoint) => !without.includes(endpoint)),
      this.#table,
    );
  }

  async #retarget(sandbox: LiveSandbox, without: readonly Endpoint[] = []): Promise<void> {
    await this.#publisher.retarget(sandbox.id, this.#target(sandbox, without));
  }
}
