import type { NetworkCreateRequest, NetworkCreateResponse } from "../../api/index.ts";
import type { EngineContext } from "../context.ts";
import { defineNetwork } from "./define.ts";
import { emitNetwork } from "./events.ts";

/**
 * `network create`. What the host has of it is made first and the record written last: an engine that dies in between
 * leaves something that its successor takes for nobody's.
 */
export function createNetwork(
  engine: EngineContext,
  request: NetworkCreateRequest,
): Promise<NetworkCreateResponse> {
  return engine.networks.mutex.run(async () => {
    const { network, warning } = defineNetwork(engine, request);
    const { settings } = network;
    if (settings !== undefined) await engine.network.ensure(settings);
    try {
      engine.networks.add(network);
    } catch (error) {
      if (settings !== undefined) {
        await engine.background.attempt(`take back the network ${network.name}`, () =>
          engine.network.remove(network.id),
        );
      }
      throw error;
    }
    emitNetwork(engine, network, "create");
    return { Id: network.id, Warning: warning };
  });
}
