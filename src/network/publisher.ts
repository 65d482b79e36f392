import { messageOf } from "../errors/index.ts";
import { forgetUdpFlows } from "../os/firewall/index.ts";
import type { Log, PacketFilter } from "./firewall/packet-filter.ts";
import { HostPorts, type PortRequest, type ReservedPort } from "./host-ports.ts";
import type { PublishedPort } from "./model.ts";

/** Published ports by the sandbox they lead to: each is a reserved port of the host and a rule. */
export class Publisher {
  readonly #hostPorts = new HostPorts();
  readonly #published = new Map<string, ReservedPort[]>();

  /** Without a packet filter ports are reserved and lead nowhere. */
  constructor(
    private readonly filter: PacketFilter | undefined,
    private readonly log: Log,
  ) {}

  /** Publishes all or, on any failure, none of the ports asked for, in one transaction. */
  async publish(
    sandboxId: string,
    address: string,
    requests: readonly PortRequest[],
    defaultHostIp: string | undefined,
  ): Promise<PublishedPort[]> {
    const reserved: ReservedPort[] = [];
    try {
      for (const request of requests) reserved.push(this.#hostPorts.reserve(request, address, defaultHostIp));
      await this.#enforce(sandboxId, reserved);
    } catch (error) {
      this.#forget(sandboxId, reserved);
      await this.#withdraw(reserved).catch((failure) => {
        this.log(
          "error",
          `cannot take back the rules of ports that were not published: ${messageOf(failure)}`,
        );
      });
      throw error;
    }
    return reserved.map(({ fd: _, ...port }) => port);
  }

  /** Takes over what an earlier engine published; a port that was lost meanwhile is left out, and said. */
  adopt(sandboxId: string, ports: readonly PublishedPort[]): void {
    for (const port of ports) {
      try {
        const reserved = this.#hostPorts.reserve({ ...port, hostPort: String(port.hostPort) }, port.address);
        this.#remember(sandboxId, [reserved]);
      } catch (error) {
        this.log("error", `a port of a running container is no longer published: ${messageOf(error)}`);
      }
    }
  }

  /** Takes back all ports of a sandbox; their rules are gone before others can have them. */
  async unpublish(sandboxId: string): Promise<void> {
    const ports = this.#published.get(sandboxId);
    if (ports === undefined) return;
    this.#published.delete(sandboxId);
    await this.#withdraw(ports);
  }

  /** Lets go of the host's ports and leaves the rules: containers live on. */
  close(): void {
    for (const port of [...this.#published.values()].flat()) this.#hostPorts.release(port);
    this.#published.clear();
  }

  async #enforce(sandboxId: string, ports: ReservedPort[]): Promise<void> {
    if (ports.length === 0) return;
    this.#remember(sandboxId, ports);
    if (this.filter === undefined) {
      this.log(
        "warn",
        "ports are reserved but lead nowhere, because the engine was started with --iptables=false",
      );
    }
    await this.filter?.apply();
    this.#forgetFlows(ports);
  }

  #remember(sandboxId: string, ports: ReservedPort[]): void {
    this.#published.set(sandboxId, [...(this.#published.get(sandboxId) ?? []), ...ports]);
    for (const port of ports) this.filter?.ports.add(port);
  }

  #forget(sandboxId: string, ports: ReservedPort[]): void {
    const left = (this.#published.get(sandboxId) ?? []).filter((port) => !ports.includes(port));
    if (left.length > 0) this.#published.set(sandboxId, left);
    else this.#published.delete(sandboxId);
  }

  async #withdraw(ports: ReservedPort[]): Promise<void> {
    const known = ports.filter((port) => this.filter?.ports.delete(port));
    try {
      if (known.length > 0) await this.filter?.apply();
      this.#forgetFlows(known);
    } finally {
      for (const port of ports) this.#hostPorts.release(port);
    }
  }

  /** Clients that were led elsewhere, or into the host itself, are to meet the rules as they are now. */
  #forgetFlows(ports: readonly ReservedPort[]): void {
    const udp = ports.filter(({ protocol }) => protocol === "udp").map(({ hostPort }) => hostPort);
    if (udp.length === 0 || this.filter === undefined) return;
    try {
      forgetUdpFlows(udp);
    } catch (error) {
      this.log("warn", `UDP clients may go on reaching what was published before: ${messageOf(error)}`);
    }
  }
}
