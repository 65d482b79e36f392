import type { NetworkDisconnectRequest } from "../../api/index.ts";
import { conflict, invalid, notFound } from "../../errors/index.ts";
import type { Container } from "../container/container.ts";
import { hostsFollow, resolvConfFollows } from "../container/network/files.ts";
import { modeOf } from "../container/network/mode.ts";
import { registerNames, serveNames, unregisterNames, usesNameServer } from "../container/network/names.ts";
import { rememberPorts } from "../container/network/published.ts";
import type { EngineContext } from "../context.ts";
import { refuseRemoval } from "./connect.ts";
import { emitNetwork } from "./events.ts";

/**
 * `network disconnect`: at once when the container has processes. The record goes first: the interface of a
 * container that an engine took off the network, and died, is removed by its successor.
 */
export async function disconnectNetwork(
  engine: EngineContext,
  ref: string,
  { Container: target, Force }: NetworkDisconnectRequest,
): Promise<void> {
  const container = engine.containers.find(target);
  await container.mutex.run(async () => {
    refuseRemoval(container);
    const { record } = container;
    const network = engine.networks.lookUp(ref);
    // One that was never made, or is gone, a container can have by name all the same, until it starts.
    const name = network?.name ?? ref;
    const alive = record.state.initPid !== 0;
    if (network === undefined && alive && !Force) throw notFound(`network ${ref} not found`);
    if (alive && name === "host" && modeOf(record.hostConfig) === "host") {
      throw invalid(
        "cannot disconnect container from host network - container was created in host network mode",
      );
    }
    if (record.endpoints[name] === undefined) {
      throw conflict(`container ${record.id} is not connected to the network ${name}`);
    }
    await leave(engine, container, name);
    if (alive && network !== undefined) emitNetwork(engine, network, "disconnect", { container: record.id });
  });
}

async function leave(engine: EngineContext, container: Container, name: string): Promise<void> {
  const { record } = container;
  const { endpoints, state } = record;
  const { network } = state;
  const endpoint = state.initPid === 0 ? undefined : network?.endpoints[name];
  const putBack = () => {
    record.endpoints = endpoints;
    if (network !== undefined) state.network = network;
  };
  record.endpoints = without(endpoints, name);
  if (network !== undefined && endpoint !== undefined) {
    state.network = { ...network, endpoints: without(network.endpoints, name) };
  }
  try {
    engine.containers.save(container);
  } catch (error) {
    putBack();
    throw error;
  }
  if (network === undefined || endpoint === undefined) return;
  unregisterNames(engine, name, endpoint);
  try {
    await engine.network.disconnect(network.sandboxId, endpoint.networkId);
  } catch (error) {
    // It is still on the network: the record is to say so, too.
    putBack();
    registerNames(engine, record, name, endpoint);
    engine.containers.save(container);
    throw error;
  }
  if (rememberPorts(engine, container)) engine.containers.save(container);
  hostsFollow(engine, container);
  await namesFollow(engine, container, usesNameServer(engine, network.endpoints));
}

/** The container's name server knows one network less; without any that has names it is not needed. */
async function namesFollow(engine: EngineContext, container: Container, wasNamed: boolean): Promise<void> {
  const { record, sandbox } = container;
  const { endpoints = {} } = record.state.network ?? {};
  resolvConfFollows(engine, container, wasNamed);
  if (sandbox === undefined) return;
  if (usesNameServer(engine, endpoints)) await serveNames(engine, record, sandbox, endpoints);
  else engine.names.stop(sandbox.id);
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  const { [name]: _, ...rest } = record;
  return rest;
}
