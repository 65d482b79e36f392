import type { Digest } from "../../oci/digest.ts";
import type { Op, Vertex } from "../graph/index.ts";
import { now } from "../progress/index.ts";
import type { Audience, Told } from "./audience.ts";
import type { BuiltLayer, Operation, OpJob, Result, ResultCache } from "./model.ts";
import type { SolveOptions, SolverOptions } from "./options.ts";
import type { RunContext, SharedRuns } from "./shared-runs.ts";
import { StepLog } from "./step-log.ts";

/** What came of a step. */
export interface StepOutcome {
  readonly result: Result;
  readonly cached?: boolean;
}

export interface Solved extends StepOutcome {
  /** Absent for what is never kept. */
  readonly key?: Digest;
}

export interface StepRooms extends SolverOptions, Omit<SolveOptions, "progress"> {
  readonly caches: readonly ResultCache[];
  readonly runs: SharedRuns<StepOutcome>;
}

/** Does single steps whose inputs are there. */
export class Steps {
  constructor(private readonly rooms: StepRooms) {}

  async solve(vertex: Vertex, inputs: readonly Solved[], audience: Audience): Promise<Solved> {
    const { operations, signal, solved, lease } = this.rooms;
    const operation = operations[vertex.op.kind] as Operation;
    const trees = inputs.map(({ result }) => result);
    const alone: RunContext = { signal, tell: (told) => audience.hear(told) };
    const key = await operation.key(vertex.op, trees, this.#job(vertex, alone));
    signal.throwIfAborted();
    if (key === undefined) return await this.#run(vertex, trees, alone);
    const outcome = await this.#shared(key, vertex, inputs, audience);
    if (outcome.result.kind === "layers") {
      const { layers } = outcome.result;
      hold(lease, layers);
      solved?.({ key, layers, vertex, inputs: trees, parents: parentsOf(layers, inputs) });
    }
    return { ...outcome, key };
  }

  async #shared(
    key: Digest,
    vertex: Vertex,
    inputs: readonly Solved[],
    audience: Audience,
  ): Promise<StepOutcome> {
    const { runs, signal } = this.rooms;
    const trees = inputs.map(({ result }) => result);
    const anew = `${key} anew`;
    const ignoreCache = vertex.ignoreCache === true;
    return await runs.join(ignoreCache || runs.isRunning(anew) ? anew : key, audience, signal, {
      borrows: borrows(vertex.op, trees),
      work: async (context) => {
        const found = ignoreCache ? undefined : await this.#find(key, vertex, inputs, context.signal);
        if (found !== undefined) return { result: { kind: "layers", layers: found }, cached: true };
        const outcome = await this.#run(vertex, trees, context);
        const { result } = outcome;
        if (result.kind === "layers") this.#save(key, result.layers, vertex, inputs);
        return outcome;
      },
    });
  }

  /** In the engine's own cache, or in one of those that are imported: then it is in the own one from now on. */
  async #find(
    key: Digest,
    vertex: Vertex,
    inputs: readonly Solved[],
    signal: AbortSignal,
  ): Promise<readonly BuiltLayer[] | undefined> {
    const { cache, caches, lease } = this.rooms;
    const own = cache.find(key);
    if (own !== undefined) {
      hold(lease, own);
      return own;
    }
    const step = { vertex, inputs: inputs.map(({ result }) => result) };
    for (const imported of caches) {
      const layers = await imported.lookup(key, signal, step);
      signal.throwIfAborted();
      if (layers === undefined) continue;
      this.#save(key, layers, vertex, inputs);
      return layers;
    }
    return undefined;
  }

  #save(key: Digest, layers: readonly BuiltLayer[], vertex: Vertex, inputs: readonly Solved[]): void {
    hold(this.rooms.lease, layers);
    const trees = inputs.map(({ result }) => result);
    this.rooms.cache.save({ key, layers, vertex, inputs: trees, parents: parentsOf(layers, inputs) });
  }

  async #run(vertex: Vertex, trees: readonly Result[], context: RunContext): Promise<StepOutcome> {
    const operation = this.rooms.operations[vertex.op.kind] as Operation;
    const log = new StepLog((stream, data) => context.tell(toldLog(stream, data)));
    const job = { ...this.#job(vertex, context), log: log.log.bind(log) };
    try {
      const result = await operation.run(vertex.op, trees, job);
      if (result.kind === "layers") hold(this.rooms.lease, result.layers);
      return { result };
    } catch (error) {
      log.flushTail();
      throw error;
    }
  }

  #job(vertex: Vertex, { signal, tell }: RunContext): OpJob {
    return {
      vertex,
      signal,
      session: this.rooms.session,
      log: (stream, data) => tell(toldLog(stream, data)),
      status: (status) => tell({ what: "status", status, timestamp: now() }),
    };
  }
}

function toldLog(stream: 1 | 2, data: Uint8Array): Told {
  return { what: "log", stream, data: Buffer.from(data).toString("base64"), timestamp: now() };
}

function hold(lease: StepRooms["lease"], layers: readonly BuiltLayer[]): void {
  for (const { chainID } of layers) lease.chains.add(chainID);
}

/** Keys of those that the layers lie on. */
function parentsOf(layers: readonly BuiltLayer[], inputs: readonly Solved[]): Digest[] {
  return inputs.flatMap(({ key, result }) => {
    const below = result.kind === "layers" ? result.layers : [];
    const top = below.at(-1)?.chainID;
    const isBelow = top !== undefined && layers[below.length - 1]?.chainID === top;
    return key !== undefined && isBelow ? [key] : [];
  });
}

/** Directories, secrets and agents are there for as long as the build that has lent them. */
function borrows(op: Op, trees: readonly Result[]): boolean {
  if (trees.some(({ kind }) => kind === "directory")) return true;
  if (op.kind === "local" || op.kind === "oci-layout") return true;
  return op.kind === "exec" && op.mounts.some(({ type }) => type === "secret" || type === "ssh");
}
