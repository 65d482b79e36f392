import { messageOf } from "../../errors/index.ts";
import type { Log } from "../firewall/packet-filter.ts";
import type { PortRequest, PublishedPort } from "../model.ts";
import { Enforcer, portsOf, type Rules } from "./enforcer.ts";
import { joined } from "./held-port.ts";
import { HostPorts } from "./host-ports.ts";
import { familyOf, type PortTarget, type PortTargets, plan } from "./plan.ts";
import { Publication } from "./publication.ts";

export interface PublishOptions {
  readonly targets: PortTargets;
  /** Where ports are published that name no address; all addresses unless given. */
  readonly defaultHostIp?: string | undefined;
}

/** Published ports by the sandbox they lead to: each is a held port of the host and a rule or a forwarder. */
export class Publisher {
  readonly #hostPorts = new HostPorts();
  readonly #enforcer: Enforcer;
  readonly #published = new Map<string, Publication[]>();
  /** What sandboxes asked for: it may come to mean more when they get other addresses. */
  readonly #requests = new Map<string, Set<PortRequest>>();

  constructor(
    filter: Rules | undefined,
    private readonly log: Log,
  ) {
    this.#enforcer = new Enforcer(filter, log);
  }

  /**
   * Publishes all or, on any failure, none of the ports asked for, in one transaction, beside those that are. A sandbox
   * without an address that ports can lead to publishes nothing until `retarget` gives it one.
   */
  async publish(
    sandboxId: string,
    requests: readonly PortRequest[],
    options: PublishOptions,
  ): Promise<PublishedPort[]> {
    const fresh: Publication[] = [];
    const known = this.#requests.get(sandboxId) ?? new Set();
    this.#requests.set(sandboxId, known.union(new Set(requests)));
    try {
      for (const request of requests) fresh.push(...this.#reserve(request, options));
      this.#remember(sandboxId, fresh);
      await this.#enforcer.lead(fresh, (it) => targetOf(it, options));
    } catch (error) {
      this.#waive(sandboxId, requests);
      await this.#end(sandboxId, fresh, { established: true }).catch((failure) => {
        const what = "cannot take back the rules of ports that were not published";
        this.log("error", `${what}: ${messageOf(failure)}`);
      });
      throw error;
    }
    return portsOf(fresh);
  }

  /** What a sandbox publishes now. Ports that are held but lead nowhere at present are not among them. */
  ports(sandboxId: string): PublishedPort[] {
    return portsOf(this.#published.get(sandboxId) ?? []);
  }

  /** Takes over what an earlier engine published; a port that was lost meanwhile is left out, and said. */
  adopt(sandboxId: string, ports: readonly PublishedPort[]): void {
    for (const port of ports) {
      const { address, hostPort } = port;
      const options = { targets: { [familyOf(address)]: { address, routed: hostPort === 0 } } };
      this.#orSay("a port of a running container is no longer published", async () => {
        const adopted = this.#reserve({ ...port, hostPort: String(hostPort) }, options);
        this.#remember(sandboxId, adopted);
        await this.#enforcer.resume(adopted, (it) => targetOf(it, options));
      });
    }
  }

  /**
   * Leads a sandbox's ports to its new addresses, and opens those of a family that it has newly got. What has no
   * address to lead to stays held until there is one again.
   */
  async retarget(sandboxId: string, options: PublishOptions): Promise<void> {
    const published = this.#published.get(sandboxId) ?? [];
    const before = portsOf(published);
    for (const request of this.#requests.get(sandboxId) ?? []) {
      const siblings = published.filter((it) => it.request === request);
      this.#extend(sandboxId, request, siblings, options);
    }
    await this.#enforcer.lead(this.#published.get(sandboxId) ?? [], (it) => targetOf(it, options));
    const now = new Set(this.ports(sandboxId));
    this.#enforcer.endFlows(before.filter((port) => !now.has(port)));
  }

  /**
   * Takes back these ports of a sandbox, and established connections through them end; or all of a sandbox that has
   * ended. Their rules are gone before others can have them.
   */
  async unpublish(sandboxId: string, ports?: readonly PublishedPort[]): Promise<void> {
    const published = this.#published.get(sandboxId) ?? [];
    const named = ports && new Set(ports.map(nameOf));
    const ending = named ? published.filter(({ port }) => port && named.has(nameOf(port))) : published;
    if (named === undefined) this.#requests.delete(sandboxId);
    else
      this.#waive(
        sandboxId,
        ending.map(({ request }) => request),
      );
    if (ending.length > 0) await this.#end(sandboxId, ending, { established: named !== undefined });
  }

  /** Lets go of the host's ports and leaves the rules: containers live on. */
  close(): void {
    const all = [...this.#published.values()].flat();
    this.#published.clear();
    this.#requests.clear();
    for (const publication of all) {
      publication.abandon();
      this.#release(publication);
    }
  }

  /** `asked` is what the request goes back to, where it was not asked in these words. */
  #reserve(
    request: PortRequest,
    { targets, defaultHostIp }: PublishOptions,
    asked: PortRequest = request,
  ): Publication[] {
    const { protocol, containerPort, hostPort = "" } = request;
    const planned = plan(request, targets, defaultHostIp);
    const onFailure = (error: unknown) =>
      this.log("error", `a published port no longer leads to its container: ${messageOf(error)}`);
    const hosts = planned
      .filter(({ target }) => !target.routed)
      .map(({ hostIp, target }) => ({ hostIp, target: joined(target.address, containerPort) }));
    const held = hosts.length > 0 ? this.#hostPorts.reserve({ protocol, hosts, hostPort }) : [];
    const routed = planned.filter(({ target }) => target.routed);
    return [
      ...held.map((port) => new Publication(asked, port.hostIp, port, onFailure)),
      ...routed.map(({ hostIp }) => new Publication(asked, hostIp, undefined, onFailure)),
    ];
  }

  /** Adds what a request means besides what it meant when it was made, under the same number. */
  #extend(
    sandboxId: string,
    request: PortRequest,
    siblings: readonly Publication[],
    options: PublishOptions,
  ): void {
    const { targets, defaultHostIp } = options;
    for (const { hostIp, target } of plan(request, targets, defaultHostIp)) {
      if (siblings.some((it) => it.hostIp === hostIp && (target.routed || it.held))) continue;
      const number = siblings.find(({ held }) => held)?.held?.hostPort;
      const hostPort = number === undefined ? (request.hostPort ?? "") : String(number);
      this.#orSay(`port ${request.containerPort} is not published on ${hostIp}`, async () => {
        this.#remember(sandboxId, this.#reserve({ ...request, hostIp, hostPort }, options, request));
      });
    }
  }

  /** What was asked for does not come back when the sandbox gets other addresses. */
  #waive(sandboxId: string, requests: readonly PortRequest[]): void {
    const known = this.#requests.get(sandboxId);
    if (known !== undefined) this.#requests.set(sandboxId, known.difference(new Set(requests)));
  }

  async #end(
    sandboxId: string,
    ending: readonly Publication[],
    options: { established: boolean },
  ): Promise<void> {
    const left = (this.#published.get(sandboxId) ?? []).filter((it) => !ending.includes(it));
    if (left.length > 0) this.#published.set(sandboxId, left);
    else this.#published.delete(sandboxId);
    try {
      await this.#enforcer.end(ending, options);
    } finally {
      for (const publication of ending) this.#release(publication);
    }
  }

  #remember(sandboxId: string, publications: readonly Publication[]): void {
    if (publications.length === 0) return;
    this.#published.set(sandboxId, [...(this.#published.get(sandboxId) ?? []), ...publications]);
  }

  #release(publication: Publication): void {
    if (publication.held) this.#hostPorts.release(publication.held);
  }

  #orSay(what: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => this.log("error", `${what}: ${messageOf(error)}`));
  }
}

const nameOf = ({ protocol, hostIp, hostPort, containerPort }: PublishedPort): string =>
  `${hostIp} ${hostPort} ${containerPort}/${protocol}`;

/** Nowhere, while the sandbox has no address that the request means. */
function targetOf({ request, hostIp }: Publication, options: PublishOptions): PortTarget | undefined {
  const { targets, defaultHostIp } = options;
  return plan(request, targets, defaultHostIp).find((it) => it.hostIp === hostIp)?.target;
}
