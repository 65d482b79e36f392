import type { NetworkVerbs } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { connectNetwork } from "./connect.ts";
import { createNetwork } from "./create.ts";
import { disconnectNetwork } from "./disconnect.ts";
import { diagnose } from "./doctor/index.ts";
import { networkGraph } from "./graph.ts";
import { inspectNetwork, listNetworks } from "./inspect.ts";
import { pruneNetworks } from "./prune.ts";
import { removeNetwork } from "./remove.ts";

/** The verbs of /networks: one file each. */
export function networkVerbs(engine: EngineContext): NetworkVerbs {
  return {
    list: async (filters) => listNetworks(engine, filters),
    inspect: (ref, options) => inspectNetwork(engine, ref, options),
    create: (request) => createNetwork(engine, request),
    remove: (ref) => removeNetwork(engine, ref),
    connect: (ref, request) => connectNetwork(engine, ref, request),
    disconnect: (ref, request) => disconnectNetwork(engine, ref, request),
    prune: (filters) => pruneNetworks(engine, filters),
    graph: async () => networkGraph(engine),
    diagnose: (request, signal) => diagnose(engine, request, signal),
  };
}
