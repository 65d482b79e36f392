import { gatewayMode } from "./driver/families.ts";
import type { Endpoint } from "./model.ts";
import type { PublishOptions } from "./publish/index.ts";
import { chooseWays } from "./routes.ts";
import type { NetworkTable } from "./table.ts";

/**
 * The addresses by which a sandbox is reached from outside: those that its answers come from, on the networks of its
 * default routes. Only bridges have the host before them.
 */
export function publishTargets(endpoints: readonly Endpoint[], table: NetworkTable): PublishOptions {
  const ways = chooseWays(endpoints, (id) => table.routed(id));
  const [four, six] = ([4, 6] as const).map((family) => {
    const endpoint = ways[family]?.endpoint;
    const settings = endpoint && table.find(endpoint.networkId)?.settings;
    const assigned = family === 4 ? endpoint?.ipv4 : endpoint?.ipv6;
    if (settings?.driver !== "bridge" || assigned === undefined) return undefined;
    const routed = gatewayMode(settings, family) === "routed";
    return { target: { address: assigned.address, routed }, defaultHostIp: settings.defaultHostIp };
  });
  return {
    targets: { ...(four && { 4: four.target }), ...(six && { 6: six.target }) },
    defaultHostIp: four?.defaultHostIp ?? six?.defaultHostIp,
  };
}
