import { randomBytes } from "node:crypto";
import type { EndpointSettings, NetworkConnectRequest } from "../../api/index.ts";
import { conflict, forbidden, invalid } from "../../errors/index.ts";
import type { Endpoint, Sandbox } from "../../network/index.ts";
import type { Container } from "../container/container.ts";
import { attachmentFor } from "../container/network/attachment.ts";
import { checkEndpoint } from "../container/network/check-endpoint.ts";
import { cannotJoinHost, hasNone, sharesNamespace } from "../container/network/endpoints.ts";
import { hostsFollow, linkingHostsFollow, resolvConfFollows } from "../container/network/files.ts";
import { modeOf, sharedWith } from "../container/network/mode.ts";
import { registerNames, serveNames, usesNameServer } from "../container/network/names.ts";
import { portMap } from "../container/network/ports.ts";
import { publishMissing, rememberPorts } from "../container/network/published.ts";
import { Undo } from "../container/undo.ts";
import type { EngineContext } from "../context.ts";
import { makeSure } from "./availability.ts";
import type { NetworkDefinition } from "./definition.ts";
import { emitNetwork } from "./events.ts";

/**
 * `network connect`: at once when the container has processes, otherwise from its next start on. The kernel's objects
 * come first and the record last: what an engine leaves that died in between is nobody's.
 */
export async function connectNetwork(
  engine: EngineContext,
  ref: string,
  { Container: target, EndpointConfig }: NetworkConnectRequest,
): Promise<void> {
  const container = engine.containers.find(target);
  await container.mutex.run(async () => {
    const network = engine.networks.find(ref);
    refuse(container, network);
    const asked = checkEndpoint(network, network.name, EndpointConfig ?? {});
    if (container.record.state.initPid === 0) connectStopped(engine, container, network, asked);
    else await connectRunning(engine, container, network, asked);
  });
}

export function refuseRemoval({ record }: Container): void {
  if (!record.removing && record.state.status !== "dead") return;
  throw conflict(
    `Container ${record.id} is marked for removal and cannot be connected or disconnected to the network`,
  );
}

function refuse(container: Container, { name, driver, configOnly }: NetworkDefinition): void {
  refuseRemoval(container);
  const { hostConfig, endpoints } = container.record;
  const mode = modeOf(hostConfig);
  if (configOnly) throw forbidden("cannot create endpoint on configuration-only network");
  if (sharedWith(hostConfig) !== undefined) throw invalid(sharesNamespace);
  if (driver === "host" && mode !== "host") throw invalid(cannotJoinHost);
  if (mode === "host" && name !== "host") throw invalid(sharesNamespace);
  const others = Object.keys(endpoints).filter((other) => other !== name);
  if (others.length > 0 && (driver === "null" || others.includes("none"))) throw invalid(hasNone);
}

function connectStopped(
  engine: EngineContext,
  container: Container,
  { name }: NetworkDefinition,
  asked: EndpointSettings,
): void {
  const { record } = container;
  const before = record.endpoints;
  record.endpoints = { ...before, [name]: asked };
  saveOr(engine, container, () => {
    record.endpoints = before;
  });
}

async function connectRunning(
  engine: EngineContext,
  container: Container,
  network: NetworkDefinition,
  asked: EndpointSettings,
): Promise<void> {
  const { record } = container;
  const { name } = network;
  if (record.endpoints[name] !== undefined) {
    throw forbidden(`endpoint with name ${record.name} already exists in network ${name}`);
  }
  const before = { endpoints: record.endpoints, network: record.state.network };
  const undo = new Undo();
  try {
    record.endpoints = { ...record.endpoints, [name]: asked };
    undo.add("put the record back", () => {
      record.endpoints = before.endpoints;
      if (before.network === undefined) delete record.state.network;
      else record.state.network = before.network;
    });
    if (network.driver !== "null") await plugIn(engine, container, network, asked, undo);
    engine.containers.save(container);
  } catch (error) {
    await undo.run((problem) => engine.log("error", problem));
    throw error;
  }
  emitNetwork(engine, network, "connect", { container: container.id });
}

async function plugIn(
  engine: EngineContext,
  container: Container,
  network: NetworkDefinition,
  asked: EndpointSettings,
  undo: Undo,
): Promise<void> {
  const { record } = container;
  await makeSure(engine, network);
  const sandbox = sandboxOf(engine, container);
  const endpoint = await engine.network.connect(sandbox.id, attachmentFor(network.id, asked));
  undo.add("take the container off the network", () => engine.network.disconnect(sandbox.id, network.id));
  const endpoints = { ...record.state.network?.endpoints, [network.name]: endpoint };
  record.state.network = {
    sandboxId: sandbox.id,
    published: [],
    ports: portMap(record, []),
    ...record.state.network,
    endpoints,
  };
  await publishMissing(engine, container, undo);
  rememberPorts(engine, container);
  await makeKnown(engine, container, network.name, endpoint, undo);
}

async function makeKnown(
  engine: EngineContext,
  container: Container,
  name: string,
  endpoint: Endpoint,
  undo: Undo,
): Promise<void> {
  const { record, sandbox } = container;
  const { endpoints = {} } = record.state.network ?? {};
  undo.add("forget the container's name", () =>
    engine.names.unregister(endpoint.networkId, endpoint.endpointId),
  );
  registerNames(engine, record, name, endpoint);
  if (sandbox !== undefined) await serveNames(engine, record, sandbox, endpoints);
  const { [name]: _, ...others } = endpoints;
  hostsFollow(engine, container);
  if (name === "bridge") linkingHostsFollow(engine, container);
  resolvConfFollows(engine, container, usesNameServer(engine, others));
}

/** A container that started without a network has a namespace that the networks' room does not know yet. */
function sandboxOf(engine: EngineContext, container: Container): Sandbox {
  container.sandbox ??= engine.network.adopt({
    id: randomBytes(8).toString("hex"),
    pid: container.record.state.initPid,
    endpoints: [],
    ports: [],
  });
  return container.sandbox;
}

function saveOr(engine: EngineContext, container: Container, restore: () => void): void {
  try {
    engine.containers.save(container);
  } catch (error) {
    restore();
    throw error;
  }
}
