import type { ContainerSummary } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { listNetworks } from "../../../client/network/list.ts";
import { isDirect } from "../../formatter/exposure.ts";

const predefined = new Set(["bridge", "host", "none"]);

/** The names of networks whose containers are reached by their own addresses; asks only where a container may be on one. */
export async function directNetworks(
  client: Client,
  containers: readonly ContainerSummary[],
): Promise<ReadonlySet<string>> {
  const names = containers.flatMap((one) => Object.keys(one.NetworkSettings?.Networks ?? {}));
  if (names.every((name) => predefined.has(name))) return new Set();
  const networks = await listNetworks(client);
  return new Set(networks.filter(isDirect).map(({ Name }) => Name));
}
