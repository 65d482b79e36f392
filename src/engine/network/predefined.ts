import type { DefaultBridge } from "./bridge.ts";
import type { NetworkDefinition } from "./definition.ts";
import { optionNames as names } from "./options/names.ts";
import { settingsOf } from "./settings.ts";

/**
 * The networks that every engine has: bridge (unless there is none), host and none. Their ids are a function of the
 * engine's own, so they survive without being stored.
 */
export function predefinedNetworks(options: {
  engineId: string;
  created: string;
  bridge?: DefaultBridge;
}): NetworkDefinition[] {
  const { engineId, created, bridge } = options;
  const simple = (name: string, driver: NetworkDefinition["driver"]): NetworkDefinition => ({
    id: new Bun.CryptoHasher("sha256").update(`${engineId}/network/${name}`).digest("hex"),
    name,
    driver,
    created,
    ipv4: true,
    ipv6: false,
    internal: false,
    attachable: false,
    configOnly: false,
    configFrom: "",
    ipamDriver: "default",
    ipamOptions: null,
    blocks: [],
    options: {},
    labels: {},
  });
  const others = [simple("host", "host"), simple("none", "null")];
  return bridge === undefined ? others : [defaultBridge(simple("bridge", "bridge"), bridge), ...others];
}

function defaultBridge(network: NetworkDefinition, bridge: DefaultBridge): NetworkDefinition {
  const definition = {
    ...network,
    ipv6: bridge.blocks.some(({ subnet }) => subnet.includes(":")),
    blocks: bridge.blocks,
    options: {
      [names.defaultBridge]: "true",
      [names.interContainer]: String(bridge.icc),
      [names.masquerade]: String(bridge.masquerade),
      [names.defaultHostIp]: bridge.publishAddress,
      [names.bridge]: bridge.name,
      [names.mtu]: String(bridge.mtu),
    },
  };
  const settings = settingsOf(definition);
  return settings === undefined ? definition : { ...definition, settings };
}
