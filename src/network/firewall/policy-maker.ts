import type { BridgeNetwork, PublishedPort } from "../model.ts";
import {
  type FilteredNetwork,
  type FilteredPort,
  filteredNetwork,
  filteredPort,
  isPeculiar,
  type Policy,
} from "./policy.ts";

/** Makes policies one after the other; what did not change since is the same object again. */
export class PolicyMaker {
  readonly #networks = new WeakMap<BridgeNetwork, FilteredNetwork>();
  #ports = new WeakMap<PublishedPort, FilteredPort>();
  #peculiar = "";
  #last: readonly FilteredNetwork[] = [];

  make(networks: Iterable<BridgeNetwork>, ports: Iterable<PublishedPort>): Policy {
    const filtered = [...networks].map((network) => this.#network(network));
    const same = filtered.length === this.#last.length && filtered.every((it, at) => it === this.#last[at]);
    if (!same) this.#last = filtered;
    const peculiar = filtered.filter(isPeculiar);
    const ids = peculiar.map(({ id }) => id).join();
    // A port is treated as its network wants, which may have come or gone.
    if (ids !== this.#peculiar) this.#ports = new WeakMap();
    this.#peculiar = ids;
    return { networks: this.#last, ports: [...ports].map((port) => this.#port(port, peculiar)) };
  }

  #network(settings: BridgeNetwork): FilteredNetwork {
    const known = this.#networks.get(settings) ?? filteredNetwork(settings);
    this.#networks.set(settings, known);
    return known;
  }

  #port(port: PublishedPort, peculiar: readonly FilteredNetwork[]): FilteredPort {
    const known = this.#ports.get(port) ?? filteredPort(port, peculiar);
    this.#ports.set(port, known);
    return known;
  }
}
