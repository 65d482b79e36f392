import { messageOf } from "../errors/index.ts";
import type { Network } from "./network.ts";

/** How long containers may be cut off when somebody deletes their bridge; a container that starts looks itself. */
const WATCH_MS = 2_000;

/** Sees to it that the devices of networks stay on the host, whoever removes them. */
export class DeviceKeeper {
  #timer: NodeJS.Timeout | undefined;
  #lastFailure = "";

  constructor(
    private readonly networks: Iterable<Network>,
    private readonly repair: (network: Network) => void,
    private readonly onFailure: (message: string) => void,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), WATCH_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The network, with its device there. */
  keep(network: Network): Network {
    if (network.driver.isGone()) this.repair(network);
    return network;
  }

  #look(): void {
    let failure = "";
    for (const network of this.networks) {
      try {
        this.keep(network);
      } catch (error) {
        failure = `cannot put the network ${network.settings.name} back: ${messageOf(error)}`;
      }
    }
    // What keeps failing is said once.
    if (failure !== "" && failure !== this.#lastFailure) this.onFailure(failure);
    this.#lastFailure = failure;
  }
}
