import { Leases } from "../../engine/image/leases.ts";
import { invalid } from "../../errors/index.ts";
import { chainIDs, type Digest, digestOf } from "../../oci/digest.ts";
import { canonicalJson, type Edge, type Op, type Vertex, vertex } from "../graph/index.ts";
import type { SolveStatus } from "../progress/model.ts";
import type { BuiltLayer, Operation, Operations, OpJob, OwnCache, Result, SolvedStep } from "./model.ts";
import type { SolveOptions } from "./options.ts";
import { Solver } from "./solver.ts";

/** A step that is known by its name. */
export function step(name: string, inputs: Edge[] = [], options: { ignoreCache?: boolean } = {}): Vertex {
  return vertex({ kind: "http", url: name }, inputs, { name, ...options });
}

type Work = (job: OpJob, inputs: readonly Result[]) => Promise<void>;

/** Operations that do what a test says, and count what is run. */
export class FakeOperations {
  readonly runs: string[] = [];
  readonly work = new Map<string, Work>();
  /** Steps that have no key. */
  readonly unkept = new Set<string>();
  /** Steps whose result is a directory. */
  readonly directories = new Set<string>();

  get all(): Operations {
    const operation: Operation = {
      key: (op, inputs) => Promise.resolve(this.#key(op, inputs)),
      run: (op, inputs, job) => this.#run(op, inputs, job),
    };
    const kinds: Op["kind"][] = ["image", "local", "git", "http", "oci-layout", "exec", "file", "link"];
    return Object.fromEntries(kinds.map((kind) => [kind, operation])) as unknown as Operations;
  }

  #key(op: Op, inputs: readonly Result[]): Digest | undefined {
    return this.unkept.has(nameOf(op)) ? undefined : digestOf(canonicalJson([op, inputs.map(contentOf)]));
  }

  async #run(op: Op, inputs: readonly Result[], job: OpJob): Promise<Result> {
    const name = nameOf(op);
    this.runs.push(name);
    await this.work.get(name)?.(job, inputs);
    job.signal.throwIfAborted();
    if (this.directories.has(name)) return { kind: "directory", path: `/${name}`, ignore: [] };
    const below = inputs.flatMap((input) => (input.kind === "layers" ? input.layers : []));
    return { kind: "layers", layers: [...below, layerOn(below, name)] };
  }
}

function nameOf(op: Op): string {
  if (op.kind !== "http") throw invalid(`a test has steps made by step(), not of kind ${op.kind}`);
  return op.url;
}

const contentOf = (result: Result): unknown =>
  result.kind === "layers" ? result.layers.map(({ chainID }) => chainID) : "directory";

export function layerOn(below: readonly BuiltLayer[], name: string): BuiltLayer {
  const diffIDs = [...below.map(({ diffID }) => diffID), digestOf(name)];
  const chainID = chainIDs(diffIDs).at(-1) as Digest;
  return { diffID: digestOf(name), chainID, size: name.length, created: new Date(0).toISOString() };
}

export class FakeCache implements OwnCache {
  readonly steps = new Map<Digest, SolvedStep>();

  find(key: Digest): readonly BuiltLayer[] | undefined {
    return this.steps.get(key)?.layers;
  }

  save(step: SolvedStep): void {
    this.steps.set(step.key, step);
  }
}

/** A solver with fakes, and what it told. */
export function bench() {
  const operations = new FakeOperations();
  const cache = new FakeCache();
  const solver = new Solver({ operations: operations.all, cache });
  const leases = new Leases();
  const solve = (edges: readonly Edge[], options: Partial<SolveOptions> = {}) => {
    const told: SolveStatus[] = [];
    const lease = leases.open();
    const result = solver.solve(edges, {
      session: noSession,
      progress: { tell: (status) => told.push(status) },
      signal: new AbortController().signal,
      lease,
      ...options,
    });
    return { result, told, lease };
  };
  return { operations, cache, solve };
}

const noSession = {
  directories: new Map<string, string>(),
  secret: () => Promise.resolve(undefined),
  sshAgent: () => Promise.resolve(undefined),
  auth: () => Promise.resolve(undefined),
};

/** What was told of a step in the end. */
export function lastOf(told: readonly SolveStatus[], { digest }: Vertex) {
  return told.flatMap(({ vertexes = [] }) => vertexes.filter((entry) => entry.digest === digest)).at(-1);
}

export function logOf(told: readonly SolveStatus[], { digest }: Vertex): string {
  const logs = told.flatMap(({ logs = [] }) => logs.filter((entry) => entry.vertex === digest));
  return Buffer.concat(logs.map(({ data }) => Buffer.from(data, "base64"))).toString();
}
