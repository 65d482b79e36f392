import type { EngineContext } from "../../context.ts";
import type { Container } from "../container.ts";
import { runningSharers } from "./leave.ts";
import { serveNames } from "./names.ts";

/**
 * At the engine's start, for a container that does not run: containers that share its network, and run, hold the
 * namespace for it. Otherwise nothing is left of it.
 */
export async function keepShared(engine: EngineContext, container: Container): Promise<void> {
  const { record } = container;
  const { network } = record.state;
  if (network === undefined) return;
  const [sharer] = runningSharers(engine, container).filter(({ run }) => run !== undefined);
  if (sharer === undefined) {
    // The account of a run that ended unseen is still to come, and gives the network back.
    if (record.state.initPid === 0) delete record.state.network;
    return;
  }
  container.sandbox = engine.network.adopt({
    id: network.sandboxId,
    pid: sharer.record.state.initPid,
    endpoints: Object.values(network.endpoints),
    ports: [],
  });
  await serveNames(engine, record, container.sandbox, network.endpoints);
}
