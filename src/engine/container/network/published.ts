import type { EngineContext } from "../../context.ts";
import type { Container } from "../container.ts";
import type { Undo } from "../undo.ts";
import { portMap, portRequests } from "./ports.ts";

/**
 * Whether ports of a container can be published on one of these networks: bridges do, unless they are internal. On
 * others a container is reached by its own address; as with Docker, ports that were asked for then mean nothing.
 */
export function canPublish({ networks }: Pick<EngineContext, "networks">, names: Iterable<string>): boolean {
  return [...names].some((name) => {
    const network = networks.named(name);
    return network?.driver === "bridge" && !network.internal;
  });
}

/**
 * Publishes what was asked for and could not be on the networks before. Ports that were published on an earlier network
 * are held while there is none, and are led to the new one by the networks' room.
 */
export async function publishMissing(
  engine: EngineContext,
  { record }: Container,
  undo: Undo,
): Promise<void> {
  const { network } = record.state;
  const requests = portRequests(record);
  if (network === undefined || requests.length === 0) return;
  if (engine.network.ports(network.sandboxId).length > 0) return;
  if (!canPublish(engine, Object.keys(network.endpoints))) return;
  const published = await engine.network.publish(network.sandboxId, requests);
  undo.add("take the published ports back", () => engine.network.unpublish(network.sandboxId, published));
}

/** Puts into the record what is published now. True if that is news. */
export function rememberPorts(
  engine: Pick<EngineContext, "network">,
  { record }: Pick<Container, "record">,
): boolean {
  const { network } = record.state;
  if (network === undefined) return false;
  const published = [...engine.network.ports(network.sandboxId)];
  if (Bun.deepEquals(published, network.published)) return false;
  record.state.network = { ...network, published, ports: portMap(record, published) };
  return true;
}
