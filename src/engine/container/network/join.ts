import { forbidden, notFound } from "../../../errors/index.ts";
import type { EngineContext } from "../../context.ts";
import { makeSure } from "../../network/availability.ts";
import type { Container } from "../container.ts";
import type { ContainerRecord, RecordedNetwork } from "../record.ts";
import type { Undo } from "../undo.ts";
import { checkEndpoint } from "./check-endpoint.ts";
import { type LinkedContainer, linkedContainers } from "./links.ts";
import { modeOf, ownerOf, sharedWith } from "./mode.ts";
import { registerNames, serveNames, unregisterNames } from "./names.ts";
import { portMap, portRequests } from "./ports.ts";
import { canPublish } from "./published.ts";
import { type Attached, attach, type Membership } from "./sandbox.ts";

/** Where a container's processes find their network, and what of it is to be remembered. */
export interface JoinedNetwork {
  readonly namespace: "host" | "new" | { path: string };
  readonly recorded?: RecordedNetwork;
  /** What it has names for on the default bridge. */
  readonly links: readonly LinkedContainer[];
}

/** Gives the container its networks, its names on them, and publishes its ports. The container's mutex is held. */
export async function joinNetwork(
  engine: EngineContext,
  container: Container,
  undo: Undo,
): Promise<JoinedNetwork> {
  const { record } = container;
  const owner = sharedWith(record.hostConfig);
  if (owner !== undefined) {
    const { initPid } = ownerOf(engine, container, owner).record.state;
    return { namespace: { path: `/proc/${initPid}/ns/net` }, links: [] };
  }
  const memberships = record.config.NetworkDisabled ? [] : membershipsOf(engine, record);
  if (modeOf(record.hostConfig) === "host") return { namespace: "host", links: [] };
  if (memberships.length === 0) return { namespace: "new", links: [] };
  const links = record.endpoints.bridge === undefined ? [] : linkedContainers(engine, record);
  for (const { network } of memberships) await makeSure(engine, network);
  const attached = await attach(engine, container, memberships, undo);
  const { sandbox, endpoints } = attached;
  await makeNamed(engine, record, attached, undo);
  const requests = canPublish(engine, Object.keys(endpoints)) ? portRequests(record) : [];
  const published = requests.length === 0 ? [] : await engine.network.publish(sandbox.id, requests);
  undo.add("take the published ports back", () => engine.network.unpublish(sandbox.id, published));
  const recorded = { sandboxId: sandbox.id, published, endpoints, ports: portMap(record, published) };
  return { namespace: { path: sandbox.path }, recorded, links };
}

/**
 * The networks of a container, found by the names that it has them under; the record is set right where that was an id.
 * What was asked for is checked again: the network may be another one than at the time.
 */
function membershipsOf({ networks }: EngineContext, record: ContainerRecord): Membership[] {
  const found = Object.entries(record.endpoints).map(([ref, asked]) => {
    const network = networks.lookUp(ref);
    if (network === undefined)
      throw notFound(`failed to set up container networking: network ${ref} not found`);
    if (network.configOnly) throw forbidden("cannot create endpoint on configuration-only network");
    // Which one it was is known of stopped containers, too.
    return { network, asked: { ...checkEndpoint(network, network.name, asked), NetworkID: network.id } };
  });
  record.endpoints = Object.fromEntries(found.map(({ network, asked }) => [network.name, asked]));
  return found.filter(({ network }) => network.settings !== undefined);
}

async function makeNamed(
  engine: EngineContext,
  record: ContainerRecord,
  { sandbox, endpoints }: Attached,
  undo: Undo,
): Promise<void> {
  undo.add("forget the container's names", () => {
    for (const [name, endpoint] of Object.entries(endpoints)) unregisterNames(engine, name, endpoint);
  });
  for (const [name, endpoint] of Object.entries(endpoints)) registerNames(engine, record, name, endpoint);
  await serveNames(engine, record, sandbox, endpoints);
}
