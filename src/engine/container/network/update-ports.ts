import type { PortBinding, PortMap, PortsUpdateRequest, PortsUpdateResponse } from "../../../api/index.ts";
import { conflict, invalid, notFound } from "../../../errors/index.ts";
import type { PublishedPort } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import type { Container } from "../container.ts";
import { emit } from "../events.ts";
import { Undo } from "../undo.ts";
import { validatePorts } from "../validate/ports.ts";
import { addBindings, anywhere, matchesPort, normalisedKeys, removeBindings } from "./bindings.ts";
import { modeOf, sharedWith } from "./mode.ts";
import { portKey, requestsFor } from "./ports.ts";
import { canPublish, rememberPorts } from "./published.ts";

/** Ours: publishes ports of a container and takes others back, at once while it runs, and durably. All or nothing. */
export async function updatePorts(
  engine: EngineContext,
  ref: string,
  request: PortsUpdateRequest,
): Promise<PortsUpdateResponse> {
  const container = engine.containers.find(ref);
  const { record } = container;
  await container.mutex.run(async () => {
    const undo = new Undo();
    try {
      await changePorts(engine, container, request, undo);
      engine.containers.save(container);
    } catch (error) {
      await undo.run((problem) => engine.log("error", problem));
      throw error;
    }
  });
  emit(engine, container, "update");
  return { Ports: shown(record.state.network?.ports ?? record.hostConfig.PortBindings ?? {}) };
}

/**
 * Changes what is published, and the record; saving that is the caller's, as is running `undo` on any failure. The
 * container's mutex is held. `conflict` for a port of the host that is taken.
 */
export async function changePorts(
  engine: EngineContext,
  container: Container,
  request: PortsUpdateRequest,
  undo: Undo,
): Promise<void> {
  const { record } = container;
  refuse(container);
  validatePorts({}, { PortBindings: { ...request.Add, ...request.Remove } });
  const add = normalisedKeys(request.Add ?? {});
  const remove = normalisedKeys(request.Remove ?? {});
  const { network } = record.state;
  const former = { hostConfig: record.hostConfig, network };
  undo.add("put the record's ports back", () => {
    record.hostConfig = former.hostConfig;
    if (former.network !== undefined) record.state.network = former.network;
  });
  const gone = (network?.published ?? []).filter((port) => matchesPort(remove[portKey(port)], port));
  const left = removeBindings(record, remove, gone);
  const unknown = Object.keys(remove).find(
    (key) => !left.removed.has(key) && !gone.some((it) => portKey(it) === key),
  );
  if (unknown !== undefined)
    throw notFound(`port ${unknown} of container ${record.name} is not published there`);
  record.hostConfig = { ...record.hostConfig, PortBindings: addBindings(left.bindings, add) };
  if (record.state.initPid !== 0) await apply(engine, container, gone, add, undo);
}

async function apply(
  engine: EngineContext,
  container: Container,
  gone: readonly PublishedPort[],
  add: PortMap,
  undo: Undo,
): Promise<void> {
  const { network } = container.record.state;
  const requests = requestsFor(anywhere(add));
  if (network === undefined || !canPublish(engine, Object.keys(network.endpoints))) {
    if (requests.length === 0) return;
    throw invalid(
      `container ${container.record.name} is on no bridge network that leads outside: its ports cannot be published`,
    );
  }
  const { sandboxId } = network;
  if (gone.length > 0) {
    await engine.network.unpublish(sandboxId, gone);
    undo.add("publish again what was published", () =>
      engine.network.publish(
        sandboxId,
        gone.map((port) => ({ ...port, hostPort: String(port.hostPort) })),
      ),
    );
  }
  if (requests.length > 0) {
    const published = await engine.network.publish(sandboxId, requests);
    undo.add("take the new ports back", () => engine.network.unpublish(sandboxId, published));
  }
  rememberPorts(engine, container);
}

function refuse({ record }: Container): void {
  const { hostConfig, name } = record;
  if (record.removing || record.state.status === "dead") {
    throw conflict(`container ${name} is marked for removal: its ports cannot be changed`);
  }
  const owner = sharedWith(hostConfig);
  if (owner !== undefined) {
    throw invalid(`container ${name} shares the network of ${owner}: change the ports of that container`);
  }
  if (modeOf(hostConfig) === "host") {
    throw invalid(
      `container ${name} uses the host's network: its ports are the host's, there is nothing to publish`,
    );
  }
}

function shown(ports: PortMap): PortsUpdateResponse["Ports"] {
  const binding = ({ HostIp = "", HostPort = "" }: PortBinding) => ({ HostIp, HostPort });
  return Object.fromEntries(
    Object.entries(ports).map(([port, bindings]) => [port, bindings?.map(binding) ?? null]),
  );
}
