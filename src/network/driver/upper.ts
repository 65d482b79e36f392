import { errnoOf, unavailable } from "../../errors/index.ts";
import { deleteLink, type NetlinkRequest, type RouteSocket, renameLink } from "../../os/netlink/index.ts";
import type { Endpoint, IpvlanNetwork, MacvlanNetwork } from "../model.ts";
import { interimName, linkAlias } from "../names.ts";
import type { DriverContext, NetworkDriver, Plug, Plugged } from "./driver.ts";
import { hasFamily } from "./families.ts";
import { requireIPv6 } from "./forwarding.ts";
import { ensureParent, type Parents, parentName, removeParent } from "./parent.ts";
import { requireKind } from "./support.ts";

export type Wanted = Pick<Plug, "namespaceFd" | "macAddress">;

/** Sandboxes that stand beside the host on one of its interfaces: what macvlan and ipvlan have in common. */
export abstract class UpperDriver<N extends MacvlanNetwork | IpvlanNetwork> implements NetworkDriver {
  abstract readonly routesOnLink: boolean;
  readonly isPublic = true;
  #index = 0;

  constructor(
    protected readonly context: DriverContext,
    private readonly parents: Parents,
    protected readonly network: N,
  ) {}

  /** A new interface on top of another, made directly in the sandbox's namespace. */
  protected abstract create(name: string, parent: number, plug: Wanted): NetlinkRequest;

  get devices(): readonly string[] {
    return [parentName(this.network)];
  }

  ensure(): void {
    if (hasFamily(this.network, 6)) requireIPv6(this.network.name);
    requireKind(this.network.driver, (lower, namespaceFd) =>
      this.create("upper", lower, { namespaceFd, macAddress: "02:42:00:00:00:01" }),
    );
    this.parents.claim(this.network);
    try {
      this.#index = ensureParent(this.context, this.network).index;
    } catch (error) {
      this.parents.release(this.network);
      throw error;
    }
  }

  isGone(): boolean {
    return this.context.host.link(parentName(this.network))?.index !== this.#index;
  }

  remove(): void {
    if (this.parents.release(this.network)) removeParent(this.context, this.network);
  }

  /**
   * An interface inside has no other end by which it could be found after a crash. So it bears a name of ours until
   * one request gives it the name asked for together with its mark.
   */
  plug(plug: Plug): Plugged {
    const { inside, interface: name, sandboxId } = plug;
    const interim = interimName();
    this.context.host.transact(this.create(interim, this.#upParent(), plug));
    try {
      const index = inside.link(interim)?.index ?? 0;
      const alias = linkAlias(this.context.engineKey, sandboxId);
      inside.transact(renameLink({ index, name: interim }, name, { alias }));
      return { index, macAddress: inside.link(name)?.mac ?? plug.macAddress };
    } catch (error) {
      inside.transact(deleteLink(interim));
      throw error;
    }
  }

  /** The interface is on the wire as soon as it is up. */
  admit(): boolean {
    return true;
  }

  reattach({ interface: name }: Endpoint, inside: RouteSocket): boolean {
    return inside.link(name) !== undefined;
  }

  unplug({ interface: name }: Endpoint, inside: RouteSocket): void {
    try {
      inside.transact(deleteLink(name));
    } catch (error) {
      if (errnoOf(error) !== "ENODEV") throw error;
    }
  }

  silence(): void {
    // The last descriptor of the namespace is closed with it, and the interface goes.
  }

  #upParent(): number {
    const name = parentName(this.network);
    if (this.context.host.link(name)?.up !== true) {
      throw unavailable(
        `the parent ${name} of the network ${this.network.name} is down; run "ip link set ${name} up"`,
      );
    }
    return this.#index;
  }
}
