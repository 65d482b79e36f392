import { Slots } from "../../engine/image/slots.ts";
import { cancelled } from "../../errors/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Edge, Vertex } from "../graph/index.ts";
import { Audience, announce } from "./audience.ts";
import { StepFailure } from "./failure.ts";
import type { Result } from "./model.ts";
import type { SolveOptions, SolverOptions } from "./options.ts";
import { type Solved, type StepRooms, Steps } from "./step.ts";

const defaultParallel = 16;

const empty: Solved = { result: { kind: "layers", layers: [] } };

/** One call of `solve`: every vertex once. */
export class Build {
  readonly #memo = new Map<Digest, Promise<Solved>>();
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  readonly #slots: Slots;
  readonly #steps: Steps;
  #failure: StepFailure | undefined;

  constructor(private readonly options: SolverOptions & SolveOptions & Pick<StepRooms, "runs">) {
    this.#signal = AbortSignal.any([options.signal, this.#ended.signal]);
    this.#slots = new Slots(options.maxParallel ?? defaultParallel);
    this.#steps = new Steps({ caches: [], ...options, signal: this.#signal });
  }

  async solve(edges: readonly Edge[]): Promise<Result[]> {
    const { progress, signal } = this.options;
    progress.tell(announce(needed(edges)));
    const solved = edges.map((edge) => this.#solve(edge));
    // What a failure has stopped ends, too, before it is told.
    await Promise.allSettled([...this.#memo.values(), ...solved]);
    if (this.#failure !== undefined) throw this.#failure;
    if (signal.aborted) throw cancelled("the build was cancelled", { cause: signal.reason });
    return (await Promise.all(solved)).map(({ result }) => result);
  }

  #solve(edge: Edge): Promise<Solved> {
    if (edge === undefined) return Promise.resolve(empty);
    const known = this.#memo.get(edge.digest);
    if (known !== undefined) return known;
    const solved = this.#inTurn(edge);
    this.#memo.set(edge.digest, solved);
    // Whoever waits for it learns of it; who waits for none of it any more need not.
    solved.catch(() => undefined);
    return solved;
  }

  async #inTurn(vertex: Vertex): Promise<Solved> {
    const inputs = await Promise.all(vertex.inputs.map((input) => this.#solve(input)));
    return await this.#slots.run(() => this.#perform(vertex, inputs));
  }

  async #perform(vertex: Vertex, inputs: readonly Solved[]): Promise<Solved> {
    this.#signal.throwIfAborted();
    const audience = new Audience(vertex, this.options.progress);
    audience.started();
    try {
      const solved = await this.#steps.solve(vertex, inputs, audience);
      audience.completed(solved.cached === true);
      return solved;
    } catch (error) {
      const trees = inputs.map(({ result }) => result);
      const failure = new StepFailure(vertex, trees, error);
      audience.failed(this.#signal.aborted ? "context canceled" : failure.message);
      if (!this.#signal.aborted) {
        this.#failure = failure;
        this.#ended.abort(cancelled("another step of the build has failed"));
      }
      throw failure;
    }
  }
}

/** Every vertex that the edges lead to, inputs before what is made of them. */
function needed(edges: readonly Edge[]): Vertex[] {
  const found = new Map<Digest, Vertex>();
  const open = new Set<Digest>();
  const pending = [...edges].reverse();
  while (pending.length > 0) {
    const vertex = pending.at(-1);
    if (vertex === undefined || found.has(vertex.digest) || open.has(vertex.digest)) {
      pending.pop();
      if (vertex !== undefined) found.set(vertex.digest, vertex);
      continue;
    }
    open.add(vertex.digest);
    pending.push(...[...vertex.inputs].reverse());
  }
  return [...found.values()];
}
