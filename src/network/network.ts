import type { NetworkAddresses } from "./addresses.ts";
import type { NetworkDriver } from "./driver/index.ts";
import type { LastHolders } from "./holders.ts";
import type { NetworkSettings } from "./model.ts";
import type { LiveSandbox } from "./sandbox.ts";

/** A network that the engine runs. */
export interface Network {
  readonly settings: NetworkSettings;
  readonly driver: NetworkDriver;
  readonly addresses: NetworkAddresses;
  readonly holders: LastHolders;
  /** The sandboxes on it, those made ahead not counted. */
  readonly members: Set<LiveSandbox>;
}
