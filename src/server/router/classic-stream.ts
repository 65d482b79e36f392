import type { BuildFailure, BuildMessage, BuildResult, BuildWarning, SolveStatus } from "../../api/index.ts";
import { digestOf } from "../../oci/digest.ts";
import { type ClassicPart, classicParts } from "./classic-part.ts";
import { HeldOutput } from "./held-output.ts";

/** A line of the answer to `POST /build`. */
export type ClassicMessage =
  | { stream: string }
  | { aux: { ID: string } }
  | { errorDetail: { code?: number; message: string }; error: string };

export interface ClassicOptions {
  /** Only the image's ID is told; of a build that fails all. */
  readonly quiet: boolean;
  /** Containers of steps go when a step is over, and that is told. */
  readonly remove: boolean;
  /** Also that of a step that fails. */
  readonly forceRemove: boolean;
}

interface StepState {
  /** Without an error. */
  completed: boolean;
  cached: boolean;
  /** What it wrote before its turn came. */
  readonly waiting: ClassicMessage[];
}

/**
 * Tells a build as Docker's classic builder does: one instruction after the other, in the order of the Dockerfile. Steps run
 * side by side; what those further down write waits for their turn. The step that fails is told last, also before its turn.
 * Images and containers that Docker would name are digests of the steps: there are none in between. (moby daemon/builder/dockerfile)
 */
export class ClassicStream {
  readonly #steps = new Map<string, StepState>();
  readonly #held = new HeldOutput();
  #plan: readonly ClassicPart[] = [];
  #at = 0;
  #stages = 0;
  #announced = false;
  /** Of the instruction that is told: its container has been named. */
  #running = false;
  /** Of the last step of the stage: what only changes the config is taken from the cache when that is. */
  #cached = false;
  #image = "";

  constructor(private readonly options: ClassicOptions) {}

  /** Something has been told, or would have been. */
  get begun(): boolean {
    return this.#announced || this.#at > 0;
  }

  *tell(message: BuildMessage): Generator<ClassicMessage> {
    if (message.plan !== undefined) this.#plan = classicParts(message.plan);
    if (message.status !== undefined) yield* this.#shown(this.#status(message.status));
    if (message.result !== undefined) yield* this.#end(message.result);
    if (message.error === undefined) return;
    yield* this.#shown(this.#failed(message.error));
    for (const stream of this.#held.take()) yield { stream };
    yield failureOf(message.error);
  }

  *#shown(messages: Iterable<ClassicMessage>): Generator<ClassicMessage> {
    for (const message of messages) {
      if (!this.options.quiet) yield message;
      else if ("stream" in message) this.#held.add(message.stream);
    }
  }

  *#status({ vertexes = [], logs = [] }: SolveStatus): Generator<ClassicMessage> {
    for (const { vertex, stream, data } of logs) {
      const text = Buffer.from(data, "base64").toString();
      this.#step(vertex).waiting.push({ stream: stream === 2 ? `\x1b[91m${text}\x1b[0m` : text });
    }
    for (const { digest, completed, cached, error } of vertexes) {
      const step = this.#step(digest);
      step.completed ||= completed !== undefined && error === undefined;
      step.cached ||= cached === true;
    }
    if (this.#plan.length > 0) yield* this.#advance();
  }

  *#advance(): Generator<ClassicMessage> {
    for (let next = this.#plan[this.#at]; next !== undefined; next = this.#plan[++this.#at]) {
      if (!this.#announced) yield* this.#announce(next.opening);
      const steps = next.vertices.map((vertex) => this.#step(vertex));
      for (const step of steps) yield* this.#output(next, step);
      if (!steps.every(({ completed }) => completed)) return;
      yield* this.#over(next, steps);
      this.#announced = false;
    }
  }

  *#announce(opening: string): Generator<ClassicMessage> {
    this.#announced = true;
    this.#running = false;
    if (opening !== "") yield { stream: opening };
  }

  *#output(part: ClassicPart, { waiting }: StepState): Generator<ClassicMessage> {
    if (waiting.length > 0) yield* this.#run(part);
    yield* waiting.splice(0);
  }

  /** Names the container in which an instruction runs, once. */
  *#run(part: ClassicPart): Generator<ClassicMessage> {
    if (this.#running || !hasContainer(part)) return;
    this.#running = true;
    yield { stream: ` ---> Running in ${this.#container(part)}\n` };
  }

  *#over(part: ClassicPart, steps: readonly StepState[]): Generator<ClassicMessage> {
    const isFrom = part.keyword === "from";
    if (isFrom) this.#stages++;
    // Before the first stage there is no image.
    if (this.#stages === 0) return;
    this.#cached = !isFrom && (steps.length === 0 ? this.#cached : steps.every(({ cached }) => cached));
    // The base is there; what it brings comes next.
    if (isFrom && !part.isLast) return;
    if (this.#cached) yield { stream: " ---> Using cache\n" };
    else {
      yield* this.#run(part);
      if (this.options.remove) yield* this.#remove(part);
    }
    this.#image = part.vertices.at(-1) ?? digestOf(this.#image + part.text);
    if (part.isLast) yield { stream: ` ---> ${short(this.#image)}\n` };
  }

  *#remove(part: ClassicPart): Generator<ClassicMessage> {
    if (!hasContainer(part)) return;
    yield { stream: ` ---> Removed intermediate container ${this.#container(part)}\n` };
  }

  #container({ text, vertices }: ClassicPart): string {
    return short(digestOf(`a container of ${this.#image} ${vertices.join(" ")} ${text}`));
  }

  *#failed({ step }: BuildFailure): Generator<ClassicMessage> {
    const at = this.#plan.findIndex(({ vertices }) => step !== undefined && vertices.includes(step.vertex));
    const part = this.#plan[at];
    if (step === undefined || part === undefined) return;
    if (at !== this.#at) yield* this.#announce(part.step);
    if (part.keyword === "run") yield* this.#run(part);
    yield* this.#output(part, this.#step(step.vertex));
    if (this.options.forceRemove) yield* this.#remove(part);
  }

  *#end({ Targets, Warnings }: BuildResult): Generator<ClassicMessage> {
    yield* this.#shown(this.#advance());
    yield* this.#shown(Warnings.filter(isAboutRequest).map(warningOf));
    const last = Targets.at(-1);
    if (last?.ImageID === undefined) return;
    yield { aux: { ID: last.ImageID } };
    if (this.options.quiet) yield { stream: `${last.ImageID}\n` };
    else {
      yield { stream: `Successfully built ${short(last.ImageID)}\n` };
      for (const name of last.Names) yield { stream: `Successfully tagged ${name}\n` };
    }
  }

  #step(vertex: string): StepState {
    const known = this.#steps.get(vertex) ?? { completed: false, cached: false, waiting: [] };
    this.#steps.set(vertex, known);
    return known;
  }
}

/** What takes files does without. */
const hasContainer = ({ keyword }: ClassicPart): boolean => !["from", "copy", "add"].includes(keyword);

const short = (digest: string): string => digest.slice("sha256:".length, "sha256:".length + 12);

/** What a Dockerfile's places are warned of the classic builder does not tell. */
const isAboutRequest = ({ range }: BuildWarning): boolean => range === undefined;

const warningOf = (warning: BuildWarning): ClassicMessage => ({
  stream: `[Warning] ${Buffer.from(warning.short, "base64")}\n`,
});

function failureOf({ message, exitCode, command }: BuildFailure): ClassicMessage {
  if (exitCode === undefined || command === undefined) return { errorDetail: { message }, error: message };
  const text = `The command '${command}' returned a non-zero code: ${exitCode}`;
  return { errorDetail: { code: exitCode, message: text }, error: text };
}
