import type { Attachment, Endpoint } from "./model.ts";
import type { Network } from "./network.ts";
import { RecentlyUsed } from "./recently-used.ts";
import type { LiveSandbox } from "./sandbox.ts";
import { WarmPool } from "./warm-pool.ts";

/** How many networks sandboxes are made ahead for: those used last. Others cost a sandbox's making at their next use. */
const NETWORKS = 8;

export interface AheadOptions {
  /** Sandboxes kept ready for each network. */
  readonly size: number;
  make(network: Network): LiveSandbox;
  dispose(sandbox: LiveSandbox): void;
  onFailure(network: Network, error: unknown): void;
}

/** Sandboxes that were made before they are asked for, each on one network. */
export class Ahead {
  readonly #pools = new Map<Network, WarmPool<LiveSandbox>>();
  readonly #recent = new RecentlyUsed<Network>(NETWORKS, (network) => this.#empty(network));
  #started = false;

  constructor(private readonly options: AheadOptions) {}

  /** Begins to work, with some of the networks that there are; others follow when they are used. */
  start(networks: Iterable<Network>): void {
    this.#started = true;
    for (const network of [...networks].slice(0, NETWORKS).reverse()) this.use(network);
  }

  /** Notes that the network is in use: more of its kind may be asked for. */
  use(network: Network): void {
    // On a wire that others see nothing is to appear that nobody uses.
    if (!this.#started || network.driver.isPublic) return;
    const { size, make, onFailure } = this.options;
    if (!this.#pools.has(network)) {
      const pool = new WarmPool(
        size,
        () => make(network),
        (error) => onFailure(network, error),
      );
      this.#pools.set(network, pool);
      pool.start();
    }
    this.#recent.use(network);
  }

  /** One that is ready and as wanted. One that merely holds an address that is wanted makes way. */
  take(network: Network, wanted: Attachment): LiveSandbox | undefined {
    this.use(network);
    const pool = this.#pools.get(network);
    const ready = isPlain(wanted) ? pool?.take(({ endpoints: [has] }) => isWanted(has, wanted)) : undefined;
    if (ready === undefined) this.makeWay(network, wanted);
    const [endpoint] = ready?.endpoints ?? [];
    const { gatewayPriority } = wanted;
    if (endpoint !== undefined && gatewayPriority !== undefined) ready?.put({ ...endpoint, gatewayPriority });
    return ready;
  }

  /** Gives up those that hold an address that is wanted. */
  makeWay(network: Network, wanted: Attachment): void {
    const pool = this.#pools.get(network);
    const holds = ({ endpoints: [has] }: LiveSandbox) => holdsWanted(has, wanted);
    for (let one = pool?.take(holds); one !== undefined; one = pool?.take(holds)) this.options.dispose(one);
  }

  /** Gives up all of a network, until it is used again. */
  forget(network: Network): void {
    this.#recent.forget(network);
    this.#empty(network);
  }

  /** Stops. The sandboxes left are the caller's. */
  close(): LiveSandbox[] {
    this.#started = false;
    const left = [...this.#pools.values()].flatMap((pool) => pool.close());
    this.#pools.clear();
    return left;
  }

  #empty(network: Network): void {
    const pool = this.#pools.get(network);
    this.#pools.delete(network);
    for (const sandbox of pool?.close() ?? []) this.options.dispose(sandbox);
  }
}

const isPlain = ({ macAddress, linkLocal, interface: name, sysctls }: Attachment): boolean =>
  !macAddress && !linkLocal?.length && !name && Object.keys(sysctls ?? {}).length === 0;

const isWanted = (has: Endpoint | undefined, { ipv4, ipv6 }: Attachment): boolean =>
  (ipv4 === undefined || has?.ipv4?.address === ipv4) && (ipv6 === undefined || has?.ipv6?.address === ipv6);

const holdsWanted = (has: Endpoint | undefined, { ipv4, ipv6 }: Attachment): boolean =>
  (ipv4 !== undefined && has?.ipv4?.address === ipv4) || (ipv6 !== undefined && has?.ipv6?.address === ipv6);
