import { messageOf } from "../errors/index.ts";
import type { RouteSocket } from "../os/netlink/index.ts";
import type { Announcer } from "./announcer.ts";
import { plugIn } from "./attach.ts";
import type { Log } from "./firewall/packet-filter.ts";
import { ownLinksInside, removeLink } from "./links.ts";
import type { Endpoint } from "./model.ts";
import type { Network } from "./network.ts";
import { type FindRouted, settleRoutes } from "./routes.ts";
import type { LiveSandbox } from "./sandbox.ts";

/** What repairs need to know. */
export interface RepairOptions {
  readonly engineKey: string;
  readonly log: Log;
  readonly find: (networkId: string) => Network | undefined;
  readonly routed: FindRouted;
  readonly announcer: Announcer;
}

/** Puts a network's device back that others removed, and everybody on it whose interface outlived it or not. */
export function repairNetwork(network: Network, options: RepairOptions): void {
  const { settings, driver, members } = network;
  const device = driver.devices.join(", ");
  options.log("warn", `${device} of the network ${settings.name} was removed by others; putting it back`);
  driver.ensure();
  for (const sandbox of members) {
    attempt(options, sandbox, () => {
      using inside = sandbox.open();
      const endpoint = sandbox.on(settings.networkId);
      if (endpoint !== undefined) restore(options, network, sandbox, inside, endpoint);
      settleRoutes(inside, sandbox.endpoints, options.routed);
    });
  }
}

/**
 * Makes a sandbox's interfaces those of its endpoints: what an engine was about to add when it was killed goes, what
 * it was about to remove comes back. What cannot be had is logged: the container runs on without.
 */
export function repairSandbox(sandbox: LiveSandbox, options: RepairOptions): void {
  attempt(options, sandbox, () => {
    using inside = sandbox.open();
    const known = new Set(sandbox.endpoints.map((endpoint) => endpoint.interface));
    for (const { name } of ownLinksInside(inside, options.engineKey)) {
      if (!known.has(name)) removeLink(inside, name);
    }
    for (const endpoint of sandbox.endpoints) {
      const network = options.find(endpoint.networkId);
      if (network !== undefined)
        attempt(options, sandbox, () => restore(options, network, sandbox, inside, endpoint));
    }
    settleRoutes(inside, sandbox.endpoints, options.routed);
  });
}

function restore(
  { announcer }: RepairOptions,
  network: Network,
  sandbox: LiveSandbox,
  inside: RouteSocket,
  endpoint: Endpoint,
): void {
  if (network.driver.reattach(endpoint, inside)) return;
  // A container's own interface of that name is left alone: making ours fails then, and says so.
  const again = plugIn(network, sandbox, inside, {}, endpoint);
  sandbox.put(again);
  announcer.announce(network, sandbox, again);
}

function attempt({ log }: RepairOptions, { id }: LiveSandbox, work: () => void): void {
  try {
    work();
  } catch (error) {
    log("error", `a running container lost its network (sandbox ${id}): ${messageOf(error)}`);
  }
}
