import { isIPv6 } from "node:net";
import type { EngineContext } from "../../context.ts";
import type { RecordedNetwork } from "../record.ts";

type Engine = Pick<EngineContext, "config" | "networks">;

/** What `host-gateway` stands for: the configured addresses, or those of the default bridge. */
export function hostAddresses({ config, networks }: Engine): string[] {
  if (config.hostGatewayIps.length > 0) return config.hostGatewayIps;
  return (networks.named("bridge")?.blocks ?? []).flatMap(({ gateway }) => gateway ?? []);
}

/**
 * Where a container with these endpoints finds the host: at the configured addresses, or at those of its first bridge,
 * of the kinds that it has itself. The default bridge's are for one that is on no bridge.
 */
export function hostAddressesFor(engine: Engine, endpoints: RecordedNetwork["endpoints"]): string[] {
  const { config, networks } = engine;
  if (config.hostGatewayIps.length > 0) return config.hostGatewayIps;
  for (const [name, { ipv4, ipv6 }] of Object.entries(endpoints)) {
    const network = networks.named(name);
    if (network?.driver !== "bridge") continue;
    const gateways = network.blocks.flatMap(({ gateway }) => gateway ?? []);
    const near = gateways.filter((address) => (isIPv6(address) ? ipv6 : ipv4) !== undefined);
    if (near.length > 0) return near;
  }
  return hostAddresses(engine);
}
