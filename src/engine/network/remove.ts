import { forbidden } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import { isPredefined, type NetworkDefinition } from "./definition.ts";
import { emitNetwork } from "./events.ts";
import { membersOf } from "./members.ts";

/** `network rm`. The record goes first: what is left on the host after a crash is nobody's. */
export function removeNetwork(engine: EngineContext, ref: string): Promise<void> {
  return engine.networks.mutex.run(() => removeLocked(engine, engine.networks.find(ref)));
}

/** The networks' mutex is held. `forbidden` for predefined networks and for those in use. */
export async function removeLocked(engine: EngineContext, network: NetworkDefinition): Promise<void> {
  const { name } = network;
  if (isPredefined(name)) throw forbidden(`${name} is a pre-defined network and cannot be removed`);
  refuseInUse(engine, network);
  engine.networks.delete(network);
  if (network.settings !== undefined) {
    try {
      await engine.network.remove(network.id);
    } catch (error) {
      // What could not be removed may be in use after all: the network is as it was.
      engine.networks.add(network);
      throw error;
    }
  }
  if (!network.configOnly) emitNetwork(engine, network, "destroy");
}

function refuseInUse({ networks, containers }: EngineContext, network: NetworkDefinition): void {
  const { name } = network;
  if (network.configOnly && [...networks].some(({ configFrom }) => configFrom === name)) {
    throw forbidden(`configuration network "${name}" is in use`);
  }
  const members = Object.values(membersOf(containers, network));
  if (members.length === 0) return;
  const endpoints = members.map((it) => `name:"${it.Name}" id:"${it.EndpointID.slice(0, 12)}"`);
  throw forbidden(
    `error while removing network: network ${name} has active endpoints (${endpoints.join(", ")}): ` +
      `disconnect them first, for example with "network disconnect ${name} ${members[0]?.Name}"`,
  );
}
