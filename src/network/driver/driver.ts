import type { RouteSocket } from "../../os/netlink/index.ts";
import type { Endpoint } from "../model.ts";

/** An interface that a sandbox is to get. */
export interface Plug {
  readonly sandboxId: string;
  readonly namespaceFd: number;
  /** A socket to that namespace. */
  readonly inside: RouteSocket;
  /** What the interface is called there. */
  readonly interface: string;
  readonly macAddress: string;
  /** The name of its other end on the host, where it had one before. */
  readonly hostInterface?: string;
}

/** An interface inside a sandbox; it is still down. */
export interface Plugged {
  readonly index: number;
  readonly macAddress: string;
  readonly hostInterface?: string;
}

/**
 * One network as the kernel has it: a device on the host, and interfaces in sandboxes that belong to it. All of it
 * happens on the calling thread, in a few milliseconds. Whatever fails leaves nothing behind.
 */
export interface NetworkDriver {
  /** Makes the device on the host, or takes the one that is there and sees that it is as the settings say. */
  ensure(): void;
  /** Whether the device that `ensure` found or made is there no longer. Costs one look-up. */
  isGone(): boolean;
  /** Removes the device if an engine made it. */
  remove(): void;
  /** The names of the devices on the host that an engine made for the network. */
  readonly devices: readonly string[];

  plug(plug: Plug): Plugged;
  /** Lets the frames of an interface pass that is up inside. False where that takes a little longer. */
  admit(endpoint: Endpoint): boolean;
  /** Whether the endpoint's interface is there; if so it is attached to the device again. */
  reattach(endpoint: Endpoint, inside: RouteSocket): boolean;
  /** Removes an interface that may be gone already; takes up to 20 ms, the kernel waits for its readers. */
  unplug(endpoint: Endpoint, inside: RouteSocket): void;
  /** Stops the frames of an interface at once, ahead of the end of its namespace. */
  silence(endpoint: Endpoint): void;

  /** Do sandboxes reach what is elsewhere without a gateway, by the interface alone? */
  readonly routesOnLink: boolean;
  /** Are there others on the wire than sandboxes of ours? */
  readonly isPublic: boolean;
}

/** What drivers share. */
export interface DriverContext {
  /** A socket to the host's network. */
  readonly host: RouteSocket;
  readonly engineKey: string;
  /** Does the engine keep the packet filter? */
  readonly firewall: boolean;
}
