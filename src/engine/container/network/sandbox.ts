import type { EndpointSettings } from "../../../api/index.ts";
import type { Endpoint, Sandbox } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import type { NetworkDefinition } from "../../network/definition.ts";
import type { Container } from "../container.ts";
import type { RecordedNetwork } from "../record.ts";
import type { Undo } from "../undo.ts";
import { attachmentFor } from "./attachment.ts";

/** A network that a container is to be on, and how. */
export interface Membership {
  readonly network: NetworkDefinition;
  readonly asked: EndpointSettings;
}

/** A sandbox on all of a container's networks. */
export interface Attached {
  readonly sandbox: Sandbox;
  /** By the network's name. */
  readonly endpoints: Record<string, Endpoint>;
}

/** A sandbox for a run of the container: a new one, or the one that containers which share it have kept alive. */
export async function attach(
  engine: EngineContext,
  container: Container,
  memberships: readonly Membership[],
  undo: Undo,
): Promise<Attached> {
  const { sandbox: kept, record } = container;
  const held = record.state.network;
  if (kept !== undefined && held !== undefined) return await refit(engine, kept, held, memberships);
  const attachments = memberships.map(({ network, asked }) => attachmentFor(network.id, asked));
  const sandbox = await engine.network.acquire(attachments);
  container.sandbox = sandbox;
  undo.add("release the network", async () => {
    container.sandbox = undefined;
    engine.names.stop(sandbox.id);
    await engine.network.release(sandbox);
  });
  return { sandbox, endpoints: byName(memberships, sandbox.endpoints) };
}

function byName(
  memberships: readonly Membership[],
  endpoints: readonly Endpoint[],
): Record<string, Endpoint> {
  const found = memberships.flatMap(({ network: { id, name } }) => {
    const endpoint = endpoints.find(({ networkId }) => networkId === id);
    return endpoint === undefined ? [] : [[name, endpoint] as const];
  });
  return Object.fromEntries(found);
}

/** Takes a sandbox off the networks that the container has left since, and attaches it to those it has joined. */
async function refit(
  engine: EngineContext,
  sandbox: Sandbox,
  { endpoints: former }: RecordedNetwork,
  memberships: readonly Membership[],
): Promise<Attached> {
  const wanted = new Set(memberships.map(({ network }) => network.id));
  const left = Object.values(former).filter(({ networkId }) => !wanted.has(networkId));
  for (const { networkId } of left) await engine.network.disconnect(sandbox.id, networkId);
  const endpoints: Endpoint[] = Object.values(former).filter(({ networkId }) => wanted.has(networkId));
  for (const { network, asked } of memberships) {
    if (endpoints.some(({ networkId }) => networkId === network.id)) continue;
    endpoints.push(await engine.network.connect(sandbox.id, attachmentFor(network.id, asked)));
  }
  return { sandbox, endpoints: byName(memberships, endpoints) };
}
