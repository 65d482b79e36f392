/** How each kind of network is made of Linux's interfaces. */
import type { NetworkSettings } from "../model.ts";
import { BridgeDriver } from "./bridge.ts";
import type { DriverContext, NetworkDriver } from "./driver.ts";
import { IpvlanDriver } from "./ipvlan.ts";
import { MacvlanDriver } from "./macvlan.ts";
import type { Parents } from "./parent.ts";

export type { DriverContext, NetworkDriver } from "./driver.ts";
export { Parents } from "./parent.ts";

export function driverFor(context: DriverContext, parents: Parents, network: NetworkSettings): NetworkDriver {
  switch (network.driver) {
    case "bridge":
      return new BridgeDriver(context, network);
    case "macvlan":
      return new MacvlanDriver(context, parents, network);
    case "ipvlan":
      return new IpvlanDriver(context, parents, network);
  }
}
