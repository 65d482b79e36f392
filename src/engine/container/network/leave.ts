import type { EngineContext } from "../../context.ts";
import { emitNetwork } from "../../network/events.ts";
import type { Container } from "../container.ts";
import type { ContainerRecord } from "../record.ts";
import { modeOf, sharedWith, sharersOf } from "./mode.ts";
import { unregisterNames } from "./names.ts";

/** Whether others could be waiting for what the container's network holds. */
export function hasReservations({ state, endpoints }: ContainerRecord): boolean {
  const fixed = Object.values(endpoints).some(
    ({ IPAMConfig }) => IPAMConfig?.IPv4Address || IPAMConfig?.IPv6Address,
  );
  return fixed || (state.network?.published ?? []).length > 0;
}

/**
 * Gives the network of an ended run back. Containers that share it, and run, keep the namespace with its interfaces and
 * addresses: they go on, and the next run of its owner finds itself there again. The record says so; saving it is the
 * caller's.
 */
export async function leaveNetwork(engine: EngineContext, container: Container): Promise<void> {
  const { network } = container.record.state;
  if (network === undefined) return;
  for (const [name, endpoint] of Object.entries(network.endpoints)) unregisterNames(engine, name, endpoint);
  if (!container.deleted && runningSharers(engine, container).length > 0) {
    container.record.state.network = { ...network, published: [], ports: {} };
    await engine.network.unpublish(network.sandboxId, network.published);
  } else {
    await releaseSandbox(engine, container);
  }
}

/** Gives back what a container holds that does not run: after the last container that shared it, too. */
export async function releaseSandbox(engine: EngineContext, container: Container): Promise<void> {
  const { network } = container.record.state;
  delete container.record.state.network;
  container.sandbox = undefined;
  if (network === undefined) return;
  engine.names.stop(network.sandboxId);
  await engine.network.release({ id: network.sandboxId });
}

/** After the end of a container that shared another's network: one that nobody is in any more is given back. */
export async function leaveShared(engine: EngineContext, { record }: Container): Promise<void> {
  const ref = sharedWith(record.hostConfig);
  if (ref === undefined) return;
  for (const owner of [...engine.containers]) {
    if (owner.run !== undefined || owner.starting || owner.record.state.network === undefined) continue;
    if (runningSharers(engine, owner).length > 0) continue;
    await owner.mutex.run(async () => {
      if (owner.run !== undefined || owner.record.state.network === undefined) return;
      await releaseSandbox(engine, owner);
      engine.containers.save(owner);
    });
  }
}

export const runningSharers = (
  engine: Pick<EngineContext, "containers">,
  container: Container,
): Container[] => sharersOf(engine, container).filter(({ record }) => record.state.initPid !== 0);

/** Tells that a container came to its networks or left them; one that shares another's is on none of its own. */
export function emitMemberships(
  engine: Pick<EngineContext, "events" | "networks">,
  { hostConfig, endpoints, id }: ContainerRecord,
  action: "connect" | "disconnect",
): void {
  if (sharedWith(hostConfig) !== undefined) return;
  const names = modeOf(hostConfig) === "host" ? ["host"] : Object.keys(endpoints);
  for (const name of names) {
    const network = engine.networks.named(name);
    if (network !== undefined) emitNetwork(engine, network, action, { container: id });
  }
}
