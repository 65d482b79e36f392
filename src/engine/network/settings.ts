import type { NetworkSettings } from "../../network/index.ts";
import type { NetworkDefinition } from "./definition.ts";
import { bridgeOptions } from "./options/bridge.ts";
import { ipvlanOptions, macvlanOptions } from "./options/vlan.ts";

/** What makes a network on the host; undefined for those that need nothing made. `invalid` for options that say nonsense. */
export function settingsOf(
  network: Pick<NetworkDefinition, "id" | "name" | "driver" | "internal" | "blocks" | "options">,
): NetworkSettings | undefined {
  const { id, name, driver, options } = network;
  const common = { networkId: id, name, subnets: network.blocks };
  switch (driver) {
    case "bridge": {
      const said = bridgeOptions(options, network.internal);
      const internal = network.internal ? { internal: true } : {};
      return { ...common, driver, ...internal, bridge: `br-${id.slice(0, 12)}`, ...said };
    }
    case "macvlan": {
      const said = macvlanOptions(options);
      return {
        ...common,
        driver,
        ...internalWithout(said.parent, network.internal),
        ...said,
        mode: said.mode ?? "bridge",
      };
    }
    case "ipvlan": {
      const said = ipvlanOptions(options);
      const { mode = "l2", flag = "bridge" } = said;
      return { ...common, driver, ...internalWithout(said.parent, network.internal), ...said, mode, flag };
    }
    default:
      return undefined;
  }
}

/** Without an interface of the host nothing leads out of such a network. */
const internalWithout = (parent: string | undefined, internal: boolean): { internal?: true } =>
  internal || parent === undefined ? { internal: true } : {};
