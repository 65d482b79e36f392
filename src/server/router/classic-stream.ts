import type { BuildFailure, BuildMessage, BuildPlan, BuildResult, SolveStatus } from "../../api/index.ts";

/** A line of the answer to `POST /build`. */
export type ClassicMessage =
  | { stream: string }
  | { aux: { ID: string } }
  | { errorDetail: { code: number; message: string }; error: string };

interface StepState {
  started: boolean;
  /** Without an error. */
  completed: boolean;
  cached: boolean;
  /** What it wrote before its turn came. */
  readonly waiting: ClassicMessage[];
}

/**
 * Tells a build as Docker's classic builder does: one instruction after the other, in the order of the Dockerfile. Steps run
 * side by side; what those further down write waits for their turn. The step that fails is told last, also before its turn.
 */
export class ClassicStream {
  readonly #steps = new Map<string, StepState>();
  #plan: BuildPlan["Instructions"] = [];
  #at = 0;
  #announced = false;

  constructor(private readonly quiet: boolean) {}

  *tell(message: BuildMessage): Generator<ClassicMessage> {
    if (message.plan !== undefined) this.#plan = message.plan.Instructions;
    if (message.status !== undefined) yield* this.#shown(this.#status(message.status));
    if (message.result !== undefined) yield* this.#end(message.result);
    if (message.error === undefined) return;
    yield* this.#shown(this.#failed(message.error));
    yield failureOf(message.error);
  }

  *#shown(messages: Iterable<ClassicMessage>): Generator<ClassicMessage> {
    for (const message of messages) if (!this.quiet) yield message;
  }

  *#status({ vertexes = [], logs = [] }: SolveStatus): Generator<ClassicMessage> {
    for (const { vertex, stream, data } of logs) {
      const text = Buffer.from(data, "base64").toString();
      this.#step(vertex).waiting.push({ stream: stream === 2 ? `\x1b[91m${text}\x1b[0m` : text });
    }
    for (const { digest, started, completed, cached, error } of vertexes) {
      const step = this.#step(digest);
      step.started ||= started !== undefined;
      step.completed ||= completed !== undefined && error === undefined;
      step.cached ||= cached === true;
    }
    if (this.#plan.length > 0) yield* this.#advance();
  }

  *#advance(): Generator<ClassicMessage> {
    for (; this.#at < this.#plan.length; this.#at++) {
      const { Vertex } = this.#plan[this.#at] as BuildPlan["Instructions"][number];
      if (!this.#announced) yield this.#announcement(this.#at);
      this.#announced = true;
      const step = Vertex === undefined ? undefined : this.#step(Vertex);
      if (step !== undefined) {
        yield* step.waiting.splice(0);
        if (!step.completed) return;
        if (step.cached) yield { stream: " ---> Using cache\n" };
      }
      if (Vertex !== undefined) yield { stream: ` ---> ${short(Vertex)}\n` };
      this.#announced = false;
    }
  }

  #announcement(at: number): ClassicMessage {
    return { stream: `Step ${at + 1}/${this.#plan.length} : ${this.#plan[at]?.Text}\n` };
  }

  *#failed({ step }: BuildFailure): Generator<ClassicMessage> {
    const at = this.#plan.findIndex(({ Vertex }) => Vertex !== undefined && Vertex === step?.vertex);
    if (step === undefined || at === -1) return;
    if (at !== this.#at) yield this.#announcement(at);
    yield* this.#step(step.vertex).waiting.splice(0);
  }

  *#end({ Targets }: BuildResult): Generator<ClassicMessage> {
    yield* this.#shown(this.#advance());
    const last = Targets.at(-1);
    if (last?.ImageID === undefined) return;
    yield { aux: { ID: last.ImageID } };
    if (this.quiet) yield { stream: `${last.ImageID}\n` };
    else {
      yield { stream: `Successfully built ${short(last.ImageID)}\n` };
      for (const name of last.Names) yield { stream: `Successfully tagged ${name}\n` };
    }
  }

  #step(vertex: string): StepState {
    const known = this.#steps.get(vertex) ?? { started: false, completed: false, cached: false, waiting: [] };
    this.#steps.set(vertex, known);
    return known;
  }
}

const short = (digest: string): string => digest.slice("sha256:".length, "sha256:".length + 12);

function failureOf({ message, exitCode, command }: BuildFailure): ClassicMessage {
  const isCommand = exitCode !== undefined && command !== undefined;
  const text = isCommand ? `The command '${command}' returned a non-zero code: ${exitCode}` : message;
  return { errorDetail: { code: exitCode ?? 1, message: text }, error: text };
}
