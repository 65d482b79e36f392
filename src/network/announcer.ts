import { errnoOf, messageOf } from "../errors/index.ts";
import { announce } from "../os/announce.ts";
import type { Log } from "./firewall/packet-filter.ts";
import type { Endpoint } from "./model.ts";
import type { Network } from "./network.ts";
import type { LiveSandbox } from "./sandbox.ts";

/** A port of a bridge passes frames a few milliseconds after its interface is up, on a busy host later. */
const AGAIN_MS = 20;
const TRIES = 50;

/**
 * Tells everybody on a network who has an address now, as soon as the new interface's frames pass. On a bridge only
 * where another had it before: each frame goes to all containers there.
 */
export class Announcer {
  constructor(private readonly log: Log) {}

  announce(network: Network, sandbox: LiveSandbox, endpoint: Endpoint): void {
    const { macAddress } = endpoint;
    const moved = addressesOf(endpoint).filter((address) => network.holders.note(address, macAddress));
    if (network.driver.isPublic) this.#tell(network, sandbox, endpoint, addressesOf(endpoint), TRIES);
    else if (moved.length > 0) this.#tell(network, sandbox, endpoint, moved, TRIES);
  }

  #tell(
    network: Network,
    sandbox: LiveSandbox,
    endpoint: Endpoint,
    addresses: readonly string[],
    tries: number,
  ): void {
    if (sandbox.closed || sandbox.on(endpoint.networkId)?.endpointId !== endpoint.endpointId) return;
    try {
      if (network.driver.admit(endpoint)) {
        tell(sandbox, endpoint, addresses);
        return;
      }
    } catch (error) {
      // What goes meanwhile needs no announcement.
      if (errnoOf(error) !== "ENODEV")
        this.log("warn", `cannot announce the addresses of an interface: ${messageOf(error)}`);
      return;
    }
    if (tries <= 1) return;
    const again = () => this.#tell(network, sandbox, endpoint, addresses, tries - 1);
    setTimeout(again, AGAIN_MS).unref();
  }
}

function tell(
  sandbox: LiveSandbox,
  { interface: name, macAddress }: Endpoint,
  addresses: readonly string[],
): void {
  using inside = sandbox.open();
  const index = inside.link(name)?.index;
  if (index !== undefined) sandbox.within(() => announce(index, macAddress, addresses));
}

const addressesOf = ({ ipv4, ipv6, linkLocal = [] }: Endpoint): string[] =>
  [ipv4?.address, ipv6?.address, ...linkLocal].filter((address) => address !== undefined);
