import { messageOf } from "../errors/index.ts";
import { type RouteSocket, setLink } from "../os/netlink/index.ts";
import { type Bridge, ensureBridge } from "./bridge.ts";
import type { Log } from "./firewall/packet-filter.ts";
import type { BridgeNetwork, Endpoint } from "./model.ts";

/** Whether somebody deleted the bridge; one that was made in its place under its name is another. */
export function isGone(host: RouteSocket, { name, index }: Bridge): boolean {
  return host.link(name)?.index !== index;
}

/** Makes the network's bridge anew and puts its containers, whose interfaces outlived it, back on it. */
export function rebuildBridge(
  host: RouteSocket,
  engineKey: string,
  network: BridgeNetwork,
  endpoints: Iterable<Endpoint>,
  log: Log,
): Bridge {
  log("warn", `the bridge ${network.bridge} was removed by others; putting it back`);
  const bridge = ensureBridge(host, engineKey, network);
  for (const endpoint of endpoints) {
    try {
      plug(host, bridge, endpoint.hostInterface ?? "");
    } catch (error) {
      log("error", `a running container lost its network: ${messageOf(error)}`);
    }
  }
  return bridge;
}

/** Makes an interface a port of the bridge that may send frames back to where they came from. */
export function plug(host: RouteSocket, { index }: Bridge, hostInterface: string): void {
  // What belongs to the port can be set once it is one.
  host.transact(
    setLink(hostInterface, { up: true, master: index }),
    setLink(hostInterface, { hairpin: true }),
  );
}
