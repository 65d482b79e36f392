import type { RouteSocket } from "../os/netlink/index.ts";
import type { Announcer } from "./announcer.ts";
import { attach } from "./attach.ts";
import type { Departures } from "./links.ts";
import type { Attachment, Endpoint } from "./model.ts";
import type { Network } from "./network.ts";
import { settleRoutes } from "./routes.ts";
import { createSandbox, type LiveSandbox } from "./sandbox.ts";
import type { NetworkTable } from "./table.ts";

/** Which sandbox is on which network. */
export class Attachments {
  constructor(
    private readonly table: NetworkTable,
    private readonly departures: Departures,
    private readonly announcer: Announcer,
  ) {}

  /** A new sandbox on one network, that counts as a member of none yet. */
  ahead(network: Network): LiveSandbox {
    const sandbox = createSandbox();
    try {
      using inside = sandbox.open();
      const endpoint = attach(network, sandbox, inside, { networkId: network.settings.networkId });
      this.announcer.announce(network, sandbox, endpoint);
      this.#route(inside, sandbox);
      return sandbox;
    } catch (error) {
      this.dispose(sandbox);
      throw error;
    }
  }

  /** Attaches a sandbox to all of the networks or, on any failure, to none of them. Its routes follow. */
  add(sandbox: LiveSandbox, attachments: readonly Attachment[]): Endpoint[] {
    if (attachments.length === 0) return [];
    using inside = sandbox.open();
    const made: Endpoint[] = [];
    try {
      for (const wanted of attachments) {
        const network = this.table.get(wanted.networkId);
        const endpoint = attach(network, sandbox, inside, wanted);
        network.members.add(sandbox);
        made.push(endpoint);
        this.announcer.announce(network, sandbox, endpoint);
      }
      this.#route(inside, sandbox);
      return made;
    } catch (error) {
      for (const endpoint of made) this.remove(sandbox, endpoint);
      throw error;
    }
  }

  /** Detaches a sandbox. Its routes follow first, so that it is never without a way out that it could have. */
  remove(sandbox: LiveSandbox, endpoint: Endpoint): void {
    const network = this.table.get(endpoint.networkId);
    using inside = sandbox.open();
    sandbox.drop(endpoint.networkId);
    this.#route(inside, sandbox, [endpoint]);
    network.driver.unplug(endpoint, inside);
    network.members.delete(sandbox);
    network.addresses.free(endpoint);
  }

  /** Routes a sandbox as if it were not attached to the network any more, or as it is. */
  route(sandbox: LiveSandbox, without: readonly Endpoint[] = []): void {
    using inside = sandbox.open();
    this.#route(inside, sandbox, without);
  }

  /** Lets go of a sandbox whose processes have ended. The kernel takes its interfaces down after that. */
  dispose(sandbox: LiveSandbox): void {
    for (const endpoint of sandbox.endpoints) {
      const network = this.table.find(endpoint.networkId);
      network?.driver.silence(endpoint);
      network?.members.delete(sandbox);
      network?.addresses.free(endpoint);
      if (endpoint.hostInterface !== undefined) this.departures.add(endpoint.hostInterface);
    }
    sandbox.close();
  }

  #route(inside: RouteSocket, { endpoints }: LiveSandbox, leaving: readonly Endpoint[] = []): void {
    const staying = endpoints.filter((endpoint) => !leaving.includes(endpoint));
    settleRoutes(inside, staying, (id) => this.table.routed(id), leaving);
  }
}
