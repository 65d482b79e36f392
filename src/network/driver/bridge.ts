import { errnoOf, exhausted } from "../../errors/index.ts";
import { createVeth, deleteLink, setLink } from "../../os/netlink/index.ts";
import { removeLink } from "../links.ts";
import type { BridgeNetwork, Endpoint } from "../model.ts";
import { linkAlias, newHostInterface } from "../names.ts";
import { canFilterBridges, ensureBridgeDevice, isOurBridge } from "./bridge-device.ts";
import type { DriverContext, NetworkDriver, Plug, Plugged } from "./driver.ts";

/** BR_MAX_PORTS of the kernel's net/bridge, less the one it never gives. */
const MOST_PORTS = 1023;

/** Sandboxes on a Linux bridge, each by a veth pair. The pair dies with the sandbox's namespace. */
export class BridgeDriver implements NetworkDriver {
  readonly routesOnLink = false;
  readonly isPublic = false;
  readonly devices: readonly string[];
  #index = 0;
  #mtu = 1500;

  constructor(
    private readonly context: DriverContext,
    private readonly network: BridgeNetwork,
  ) {
    this.devices = [network.bridge];
  }

  ensure(): void {
    const { host, engineKey } = this.context;
    const link = ensureBridgeDevice(host, engineKey, this.network);
    this.#index = link.index;
    this.#mtu = this.network.mtu ?? link.mtu;
  }

  /** A bridge that was made in its place under its name is another. */
  isGone(): boolean {
    return this.context.host.link(this.network.bridge)?.index !== this.#index;
  }

  remove(): void {
    const { host, engineKey } = this.context;
    const link = host.link(this.network.bridge);
    if (link !== undefined && isOurBridge(link, engineKey)) host.transact(deleteLink(link.name));
  }

  plug({
    sandboxId,
    namespaceFd,
    inside,
    interface: name,
    macAddress,
    hostInterface: former,
  }: Plug): Plugged {
    const { host, engineKey } = this.context;
    const hostInterface = former ?? newHostInterface();
    const alias = linkAlias(engineKey, sandboxId);
    const mtu = this.#mtu;
    try {
      host.transact(
        createVeth(
          hostInterface,
          { up: true, mtu, master: this.#index },
          { name, namespaceFd, mac: macAddress, mtu },
        ),
        setLink(hostInterface, { alias, ...this.#port }),
      );
      // Whoever looks after a crash may look from either side.
      inside.transact(setLink(name, { alias }));
    } catch (error) {
      // One of that name that was there before is somebody else's.
      if (errnoOf(error) !== "EEXIST") removeLink(host, hostInterface);
      throw errnoOf(error) === "EXFULL" ? this.#full(error) : error;
    }
    return { index: inside.link(name)?.index ?? 0, macAddress, hostInterface };
  }

  /** The bridge begins by itself when it is told of the port's carrier, some milliseconds after that is there. */
  admit({ hostInterface = "" }: Endpoint): boolean {
    try {
      this.context.host.transact(setLink(hostInterface, { forwarding: true }));
      return true;
    } catch (error) {
      if (errnoOf(error) !== "ENETDOWN") throw error;
      return false;
    }
  }

  reattach({ hostInterface = "" }: Endpoint): boolean {
    const { host } = this.context;
    if (host.link(hostInterface) === undefined) return false;
    // What belongs to the port can be set once it is one.
    host.transact(
      setLink(hostInterface, { up: true, master: this.#index }),
      setLink(hostInterface, this.#port),
    );
    return true;
  }

  unplug({ hostInterface = "" }: Endpoint): void {
    removeLink(this.context.host, hostInterface);
  }

  silence({ hostInterface = "" }: Endpoint): void {
    try {
      this.context.host.transact(setLink(hostInterface, { forwarding: false }));
    } catch (error) {
      if (!["ENODEV", "ENOTSUP"].includes(errnoOf(error) ?? "")) throw error;
    }
  }

  /** A frame may leave by the port it came from: containers use their own published ports. */
  get #port() {
    const apart = this.network.interContainer === false && !(this.context.firewall && canFilterBridges());
    return { hairpin: true, ...(apart && { isolated: true }) };
  }

  #full(cause: unknown): Error {
    return exhausted(
      `the network ${this.network.name} is full: a Linux bridge has at most ${MOST_PORTS} ports; connect further containers to another network`,
      { cause },
    );
  }
}
