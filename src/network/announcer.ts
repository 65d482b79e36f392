import { errnoOf, messageOf } from "../errors/index.ts";
import { announce } from "../os/announce.ts";
import type { NetworkDriver } from "./driver/index.ts";
import type { Log } from "./firewall/packet-filter.ts";
import type { Endpoint } from "./model.ts";
import type { LiveSandbox } from "./sandbox.ts";

/** A port of a bridge passes frames a few milliseconds after its interface is up, on a busy host later. */
const AGAIN_MS = 20;
const TRIES = 50;

/** Tells everybody on a network who has an address now, as soon as the new interface's frames pass. */
export class Announcer {
  constructor(private readonly log: Log) {}

  announce(driver: NetworkDriver, sandbox: LiveSandbox, endpoint: Endpoint, tries = TRIES): void {
    if (sandbox.closed || sandbox.on(endpoint.networkId)?.endpointId !== endpoint.endpointId) return;
    try {
      if (driver.admit(endpoint)) {
        tell(sandbox, endpoint);
        return;
      }
    } catch (error) {
      // What goes meanwhile needs no announcement.
      if (errnoOf(error) !== "ENODEV")
        this.log("warn", `cannot announce the addresses of an interface: ${messageOf(error)}`);
      return;
    }
    if (tries > 1) setTimeout(() => this.announce(driver, sandbox, endpoint, tries - 1), AGAIN_MS).unref();
  }
}

function tell(
  sandbox: LiveSandbox,
  { interface: name, macAddress, ipv4, ipv6, linkLocal = [] }: Endpoint,
): void {
  using inside = sandbox.open();
  const index = inside.link(name)?.index;
  if (index === undefined) return;
  const addresses = [ipv4?.address, ipv6?.address, ...linkLocal].filter((it) => it !== undefined);
  sandbox.within(() => announce(index, macAddress, addresses));
}
