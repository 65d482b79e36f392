import type { Digest } from "../../oci/digest.ts";
import type { Vertex } from "../graph/index.ts";
import { now, type ProgressSink, type SolveStatus } from "../progress/index.ts";
import type { OpStatus } from "./model.ts";

/** What a running operation told, without whom it is told to. */
export type Told =
  | { readonly what: "log"; readonly stream: 1 | 2; readonly data: string; readonly timestamp: string }
  | { readonly what: "status"; readonly status: OpStatus; readonly timestamp: string };

/** One step of one build, as its progress tells it. */
export class Audience {
  #started: string | undefined;
  /** When parts of it began. */
  readonly #parts = new Map<string, string>();

  constructor(
    private readonly vertex: Vertex,
    private readonly sink: ProgressSink,
  ) {}

  started(): void {
    this.#started = now();
    this.#tell({ started: this.#started });
  }

  completed(cached: boolean): void {
    this.#tell({ completed: now(), ...(cached ? { cached } : {}) });
  }

  failed(error: string): void {
    this.#tell({ completed: now(), error });
  }

  hear(told: Told): void {
    if (told.what === "status") this.#part(told.status, told.timestamp);
    else {
      const { stream, data, timestamp } = told;
      this.sink.tell({ logs: [{ vertex: this.vertex.digest, stream, data, timestamp }] });
    }
  }

  #part({ id, action, current, total, completed }: OpStatus, timestamp: string): void {
    const key = `${action} ${id}`;
    const started = this.#parts.get(key) ?? timestamp;
    this.#parts.set(key, started);
    const status = {
      id: key,
      vertex: this.vertex.digest,
      name: action,
      current,
      ...(total === undefined ? {} : { total }),
      timestamp,
      started,
      ...(completed === true ? { completed: timestamp } : {}),
    };
    this.sink.tell({ statuses: [status] });
  }

  #tell(change: { started?: string; completed?: string; cached?: boolean; error?: string }): void {
    const started = this.#started === undefined ? {} : { started: this.#started };
    this.sink.tell({ vertexes: [{ ...describe(this.vertex), ...started, ...change }] });
  }
}

/** Tells what a build consists of before anything of it begins. */
export function announce(vertices: readonly Vertex[]): SolveStatus {
  return { vertexes: vertices.map(describe) };
}

function describe({ digest, name, inputs }: Vertex): { digest: Digest; name: string; inputs: Digest[] } {
  return { digest, name, inputs: inputs.flatMap((input) => (input === undefined ? [] : [input.digest])) };
}
