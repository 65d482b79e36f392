import { messageOf } from "../../errors/index.ts";
import { forgetFlows } from "../../os/firewall/index.ts";
import type { Log, PacketFilter } from "../firewall/packet-filter.ts";
import type { PublishedPort } from "../model.ts";
import { familyOf, type PortTarget } from "./plan.ts";
import type { Publication } from "./publication.ts";

/** What publishing needs of the packet filter. */
export type Rules = Pick<PacketFilter, "ports" | "apply">;

/** Makes true what publications say: by rules, forwarders, and by ending what clients still have of before. */
export class Enforcer {
  /** What the packet filter has been told. */
  readonly #told = new Map<Publication, PublishedPort>();

  /** Without a packet filter only forwarders lead anywhere. */
  constructor(
    private readonly filter: Rules | undefined,
    private readonly log: Log,
  ) {}

  /** Leads each publication where it is to go; the packet filter learns of all in one transaction. */
  async lead(
    publications: readonly Publication[],
    targetOf: (publication: Publication) => PortTarget | undefined,
  ): Promise<void> {
    await this.#settle(publications, targetOf);
    const unled = publications.some(({ rule }) => rule !== undefined);
    if (this.filter === undefined && unled) {
      this.log(
        "warn",
        "ports are reserved but lead nowhere, because the engine was started with --iptables=false",
      );
    }
    await this.#apply(publications);
    this.#forget(udpOf(portsOf(publications)), { whereverLed: true });
  }

  /** Says where publications lead that the packet filter knows already, from an engine before this one. */
  async resume(
    publications: readonly Publication[],
    targetOf: (publication: Publication) => PortTarget | undefined,
  ): Promise<void> {
    const settled = this.#settle(publications, targetOf);
    for (const publication of publications) this.#tell(publication);
    await settled;
  }

  /** Lets publications lead nowhere. Of what goes through them UDP is forgotten, and TCP unless nobody is left. */
  async end(publications: readonly Publication[], { established }: { established: boolean }): Promise<void> {
    const former = portsOf(publications);
    await this.#settle(publications, () => undefined);
    await this.#apply(publications);
    this.#forget(established ? former : udpOf(former), { whereverLed: false });
  }

  /** Ends flows to where these ports no longer lead. */
  endFlows(ports: readonly PublishedPort[]): void {
    this.#forget(ports, { whereverLed: false });
  }

  async #settle(
    publications: readonly Publication[],
    targetOf: (publication: Publication) => PortTarget | undefined,
  ): Promise<void> {
    const led = await Promise.allSettled(publications.map((it) => it.lead(targetOf(it))));
    const failed = led.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async #apply(publications: readonly Publication[]): Promise<void> {
    const changed = publications.filter((publication) => this.#tell(publication));
    if (changed.length > 0) await this.filter?.apply();
  }

  /** Whether that is news. */
  #tell(publication: Publication): boolean {
    const [before, now] = [this.#told.get(publication), publication.rule];
    if (before === now) return false;
    if (before !== undefined) this.filter?.ports.delete(before);
    this.#told.delete(publication);
    if (now === undefined) return true;
    this.filter?.ports.add(now);
    this.#told.set(publication, now);
    return true;
  }

  /** Clients that were led elsewhere, or into the host itself, are to meet the rules as they are now. */
  #forget(ports: readonly PublishedPort[], { whereverLed }: { whereverLed: boolean }): void {
    if (this.filter === undefined) return;
    const flows = ports.map(({ protocol, hostPort, address, containerPort: port }) => {
      const flow = { protocol, hostPort, family: familyOf(address) };
      return whereverLed ? flow : { ...flow, target: { address, port } };
    });
    try {
      forgetFlows(flows);
    } catch (error) {
      this.log("warn", `clients may go on reaching what was published before: ${messageOf(error)}`);
    }
  }
}

/** Where publications lead that lead anywhere. */
export const portsOf = (publications: readonly Publication[]): PublishedPort[] =>
  publications.map(({ port }) => port).filter((port) => port !== undefined);

const udpOf = (ports: readonly PublishedPort[]) => ports.filter(({ protocol }) => protocol === "udp");
