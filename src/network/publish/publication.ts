import { conflict, errnoOf } from "../../errors/index.ts";
import type { PortRequest, PublishedPort } from "../model.ts";
import { type Forwarder, forward } from "./forward/index.ts";
import { type HeldPort, joined } from "./held-port.ts";
import { familyOf, isForwarded, type PortTarget } from "./plan.ts";

const LOOPBACK6 = "::1";

/** A port that is published for a sandbox: what was asked for, what is held, and where it leads at present. */
export class Publication {
  #port: PublishedPort | undefined;
  #forwarder: Promise<Forwarder | undefined> = Promise.resolve(undefined);

  constructor(
    readonly request: PortRequest,
    readonly hostIp: string,
    /** Absent where the network is routed. */
    readonly held: HeldPort | undefined,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** What it is now; undefined while it leads nowhere. */
  get port(): PublishedPort | undefined {
    return this.#port;
  }

  /** What of it is the packet filter's to do. */
  get rule(): PublishedPort | undefined {
    const port = this.#port;
    return port !== undefined && isForwarded(port.hostIp, port.address) ? undefined : port;
  }

  /**
   * Leads it to an address of the container, or nowhere, at once as far as the packet filter goes. Connections through
   * this process to the former address end. `conflict` when another program was faster on the port.
   */
  async lead(target: PortTarget | undefined): Promise<void> {
    const port = this.#portTo(target);
    if (port?.address !== this.#port?.address || port?.hostPort !== this.#port?.hostPort) {
      this.#port = port;
      this.#forwarder = this.#replace(this.#forwarder, port);
    }
    await this.#forwarder;
  }

  /** Ends what goes through this process, without a word to the packet filter. */
  abandon(): void {
    this.#forwarder.then((forwarder) => forwarder?.close(), this.onFailure);
  }

  #portTo(target: PortTarget | undefined): PublishedPort | undefined {
    const { protocol, containerPort } = this.request;
    const hostPort = target?.routed ? 0 : this.held?.hostPort;
    if (target === undefined || hostPort === undefined) return undefined;
    return { protocol, hostIp: this.hostIp, hostPort, address: target.address, containerPort };
  }

  async #replace(
    former: Promise<Forwarder | undefined>,
    port: PublishedPort | undefined,
  ): Promise<Forwarder | undefined> {
    // One that did not come into being has been reported to whoever began it.
    (await former.catch(() => undefined))?.close();
    const { held, onFailure } = this;
    const address = port && listenAddress(port);
    if (port === undefined || address === undefined || held === undefined) return undefined;
    const listen = { address, port: held.hostPort };
    const target = { address: port.address, port: port.containerPort };
    try {
      return await forward(held, { listen, target, onFailure });
    } catch (error) {
      if (errnoOf(error) !== "EADDRINUSE") throw error;
      const where = `${joined(address, held.hostPort)}:${joined(target.address, target.port)}/${held.protocol}`;
      throw conflict(`failed to bind host port for ${where}: address already in use`, { cause: error });
    }
  }
}

/** Where this process is to listen, if the packet filter does not do everything. */
function listenAddress({ protocol, hostIp, hostPort, address }: PublishedPort): string | undefined {
  if (protocol === "sctp" || hostPort === 0) return undefined;
  if (isForwarded(hostIp, address)) return hostIp;
  // All of IPv6 is led by the packet filter but for this one.
  return hostIp === "::" && familyOf(address) === 6 ? LOOPBACK6 : undefined;
}
