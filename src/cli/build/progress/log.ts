import type { SolveStatus } from "../../../api/index.ts";

/** So many lines of a step are kept, for the view and for the report of its failure. */
const kept = 200;
/** A line that does not end is broken after so many characters. */
const longest = 16 << 10;

export interface Transfer {
  readonly id: string;
  current: number;
  total: number;
  started: string;
  completed?: string;
}

/** A step, as its messages have told it so far. */
export interface StepView {
  readonly number: number;
  readonly digest: string;
  name: string;
  started?: number;
  completed?: number;
  cached: boolean;
  error?: string;
  /** The last lines, each with seconds since the step began. */
  readonly lines: { at: number; text: string }[];
  /** A line without its end yet. */
  rest: string;
  readonly transfers: Map<string, Transfer>;
}

/** What has been told of a build: its steps in the order in which they came up. */
export class BuildLog {
  readonly steps: StepView[] = [];
  readonly #byDigest = new Map<string, StepView>();

  /** Takes a message in; answers the steps that it is about, with the lines that are new. */
  update({ vertexes = [], statuses = [], logs = [] }: SolveStatus): Map<StepView, StepView["lines"]> {
    const touched = new Map<StepView, StepView["lines"]>();
    const touch = (step: StepView) => {
      const lines = touched.get(step) ?? [];
      touched.set(step, lines);
      return lines;
    };
    for (const { digest, name, started, completed, cached, error } of vertexes) {
      const step = this.#step(digest);
      step.name = name;
      if (started !== undefined) step.started ??= Date.parse(started);
      if (completed !== undefined) step.completed = Date.parse(completed);
      if (cached === true) step.cached = true;
      if (error !== undefined) step.error = error;
      const lines = touch(step);
      if (completed !== undefined && step.rest !== "")
        lines.push(...this.#append(step, "\n", step.completed ?? 0));
    }
    for (const { vertex, id, current, total = 0, timestamp, started, completed } of statuses) {
      const step = this.#step(vertex);
      const begun = started ?? timestamp;
      step.transfers.set(id, { id, current, total, started: begun, ...(completed ? { completed } : {}) });
      touch(step);
    }
    for (const { vertex, data, timestamp } of logs) {
      const step = this.#step(vertex);
      const text = Buffer.from(data, "base64").toString();
      touch(step).push(...this.#append(step, text, Date.parse(timestamp)));
    }
    return touched;
  }

  tail(digest: string, count: number): string[] {
    const step = this.#byDigest.get(digest);
    return (step?.lines ?? []).slice(-count).map(({ at, text }) => `${at.toFixed(3)} ${text}`);
  }

  #append(step: StepView, text: string, time: number): StepView["lines"] {
    const whole = (step.rest + text).split("\n");
    step.rest = lastState(whole.pop() ?? "");
    if (step.rest.length > longest) {
      whole.push(step.rest);
      step.rest = "";
    }
    const at = Math.max(0, (time - (step.started ?? time)) / 1000);
    // What a program writes over on a terminal is its last state.
    const lines = whole.map((line) => ({ at, text: line.replace(/\r+$/, "").replace(/^.*\r/, "") }));
    step.lines.push(...lines);
    if (step.lines.length > kept) step.lines.splice(0, step.lines.length - kept);
    return lines;
  }

  #step(digest: string): StepView {
    const known = this.#byDigest.get(digest);
    if (known !== undefined) return known;
    const step: StepView = {
      number: this.steps.length + 1,
      digest,
      name: "",
      cached: false,
      lines: [],
      rest: "",
      transfers: new Map(),
    };
    this.steps.push(step);
    this.#byDigest.set(digest, step);
    return step;
  }
}

/** What was written over is gone; the return that comes last may be the begin of a line's end. */
const lastState = (text: string): string => text.slice(text.lastIndexOf("\r", text.length - 2) + 1);
