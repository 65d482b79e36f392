import { conflict, notFound } from "../errors/index.ts";
import { NetworkAddresses } from "./addresses.ts";
import { leadsOut } from "./driver/families.ts";
import { type DriverContext, driverFor, Parents } from "./driver/index.ts";
import type { PacketFilter } from "./firewall/packet-filter.ts";
import { LastHolders } from "./holders.ts";
import type { NetworkSettings } from "./model.ts";
import type { Network } from "./network.ts";
import type { RoutedNetwork } from "./routes.ts";

export interface TableOptions extends DriverContext {
  readonly filter: PacketFilter | undefined;
  /** A network is about to go: what holds on to it is to let go. */
  onLeaving(network: Network): void;
}

/** The networks that an engine runs, by their ids. */
export class NetworkTable {
  readonly #networks = new Map<string, Network>();
  readonly #parents = new Parents();

  constructor(private readonly options: TableOptions) {}

  [Symbol.iterator](): IterableIterator<Network> {
    return this.#networks.values();
  }

  find(networkId: string): Network | undefined {
    return this.#networks.get(networkId);
  }

  /** `notFound` for a network that is not run. */
  get(networkId: string): Network {
    const network = this.#networks.get(networkId);
    if (network === undefined) throw notFound(`network ${networkId} not found`);
    return network;
  }

  /** What routes have to know of a network, also of one that is run no longer. */
  routed(networkId: string): RoutedNetwork {
    const network = this.#networks.get(networkId);
    return {
      name: network?.settings.name ?? networkId,
      onLink: (family) => network?.driver.routesOnLink === true && leadsOut(network.settings, family),
    };
  }

  /** Makes what the network needs on the host; `enforce` also its rules. One that is known stays as it is. */
  async add(settings: NetworkSettings, { enforce }: { enforce: boolean }): Promise<void> {
    const { networkId } = settings;
    if (this.#networks.has(networkId)) return;
    const addresses = new NetworkAddresses(settings);
    const driver = driverFor(this.options, this.#parents, settings);
    driver.ensure();
    this.#put({ settings, driver, addresses, holders: new LastHolders(), members: new Set() });
    try {
      if (enforce && settings.driver === "bridge") await this.options.filter?.apply();
    } catch (error) {
      this.#networks.delete(networkId);
      this.options.filter?.networks.delete(networkId);
      driver.remove();
      throw error;
    }
  }

  /** Removes the network from the host. `conflict` while a sandbox is on it. */
  async delete(networkId: string): Promise<void> {
    const network = this.#networks.get(networkId);
    if (network === undefined) return;
    const { settings, driver, members } = network;
    if (members.size > 0) {
      const users = members.size === 1 ? "a running container" : `${members.size} running containers`;
      throw conflict(`the network ${settings.name} is in use by ${users}; disconnect or stop them first`);
    }
    this.#networks.delete(networkId);
    this.options.onLeaving(network);
    const { filter } = this.options;
    try {
      const applied = filter?.networks.delete(networkId) ? filter.apply() : Promise.resolve();
      // The kernel takes up to 60 ms for a device, and the packet filter's programs about as long: each of them
      // goes on while the other works. Nobody is on the network, so neither misses the other.
      const [rules, device] = await Promise.allSettled([applied, Bun.sleep(0).then(() => driver.remove())]);
      for (const it of [rules, device]) if (it.status === "rejected") throw it.reason;
    } catch (error) {
      // A device that is gone by now is made again as soon as it is needed.
      this.#put(network);
      throw error;
    }
  }

  clear(): void {
    this.#networks.clear();
  }

  #put(network: Network): void {
    const { settings } = network;
    this.#networks.set(settings.networkId, network);
    if (settings.driver === "bridge") this.options.filter?.networks.set(settings.networkId, settings);
  }
}
