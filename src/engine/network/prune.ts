import type { Filters, NetworksPruneResponse } from "../../api/index.ts";
import { conflict, messageOf } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import { isPredefined, type NetworkDefinition } from "./definition.ts";
import { pruneFilter } from "./filter.ts";
import { membersOf } from "./members.ts";
import { removeLocked } from "./remove.ts";

let running = false;

/** `network prune`: removes the networks that no running container is on. One at a time. */
export async function pruneNetworks(engine: EngineContext, filters: Filters): Promise<NetworksPruneResponse> {
  const chosen = prunableNetworks(engine, filters);
  if (running) throw conflict("a prune operation is already running");
  running = true;
  try {
    const removed = await prune(engine, chosen);
    engine.events.publish({ type: "network", action: "prune", id: "", attributes: { reclaimed: "0" } });
    return { NetworksDeleted: removed.length > 0 ? removed : null };
  } finally {
    running = false;
  }
}

/** The networks that a prune is about. */
export function prunableNetworks(
  { networks, containers }: Pick<EngineContext, "networks" | "containers">,
  filters: Filters,
): NetworkDefinition[] {
  const accepts = pruneFilter(filters);
  return [...networks].filter((network) => {
    const unused = Object.keys(membersOf(containers, network)).length === 0;
    return !network.configOnly && !isPredefined(network.name) && unused && accepts(network);
  });
}

async function prune(engine: EngineContext, chosen: readonly NetworkDefinition[]): Promise<string[]> {
  const removed: string[] = [];
  for (const network of chosen) {
    try {
      await engine.networks.mutex.run(async () => {
        // Others may have removed it since it was chosen.
        if (engine.networks.get(network.id) === undefined) return;
        await removeLocked(engine, network);
        removed.push(network.name);
      });
    } catch (error) {
      engine.log("warn", `could not remove the network ${network.name}: ${messageOf(error)}`);
    }
  }
  return removed;
}
