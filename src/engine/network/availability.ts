import { messageOf } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { NetworkDefinition } from "./definition.ts";

type Engine = Pick<EngineContext, "network" | "networks" | "log">;

/**
 * Makes all networks on the host, or takes what is there of them. One that cannot be made keeps nothing else down: it is
 * logged, shown in `info`, and tried again when a container wants it.
 */
export async function restoreNetworks(engine: Engine): Promise<void> {
  for (const network of engine.networks) {
    try {
      await ensure(engine, network);
    } catch (error) {
      const problem = messageOf(error);
      engine.networks.problems.set(network.id, problem);
      engine.log("error", `the network ${network.name} could not be made: ${problem}`);
    }
  }
}

/** Tries again to make a network that could not be made. The error says why it still cannot. */
export async function makeSure(engine: Engine, network: NetworkDefinition): Promise<void> {
  if (!engine.networks.problems.has(network.id)) return;
  await ensure(engine, network);
  engine.networks.problems.delete(network.id);
}

async function ensure({ network: room }: Engine, { settings }: NetworkDefinition): Promise<void> {
  if (settings !== undefined) await room.ensure(settings);
}
