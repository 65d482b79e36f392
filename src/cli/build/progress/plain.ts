import { humanSize } from "../../formatter/size.ts";
import type { BuildLog, StepView, Transfer } from "./log.ts";
import type { View } from "./view.ts";

/** Between two lines about the same transfer, in milliseconds. */
const transferEvery = 1000;

/** Line by line, each with its step's number, as BuildKit's plain progress. */
export function plainView(log: BuildLog, write: (text: string) => void): View {
  const introduced = new Map<StepView, number>();
  const transfers = new Map<string, { at: number; done: boolean }>();
  let count = 0;
  let current: StepView | undefined;
  const about = (step: StepView): string => {
    const number = introduced.get(step) ?? ++count;
    introduced.set(step, number);
    const head = current === step ? "" : `${current === undefined ? "" : "\n"}#${number} ${step.name}\n`;
    current = step;
    return head;
  };
  const say = (step: StepView, text: string) => {
    const head = about(step);
    write(`${head}#${introduced.get(step)} ${text}\n`);
  };
  const finished = new Set<StepView>();
  return {
    show(status) {
      for (const [step, lines] of log.update(status)) {
        if (finished.has(step)) continue;
        if (step.started === undefined && !step.cached && step.completed === undefined) continue;
        // Of steps side by side the first is told at once, the others when they have something to say.
        if (current === undefined && !step.cached && !introduced.has(step)) write(about(step));
        for (const transfer of step.transfers.values()) {
          const key = `${step.digest} ${transfer.id}`;
          if (!isDue(transfers.get(key), transfer)) continue;
          transfers.set(key, { at: Date.now(), done: transfer.completed !== undefined });
          say(step, describe(transfer));
        }
        for (const { at, text } of lines) say(step, `${at.toFixed(3)} ${text}`);
        if (step.completed === undefined) continue;
        finished.add(step);
        say(step, outcome(step));
        current = undefined;
        write("\n");
      }
    },
    end() {},
  };
}

function outcome(step: StepView): string {
  if (step.error !== undefined)
    return step.error === "context canceled" ? "CANCELED" : `ERROR: ${step.error}`;
  if (step.cached) return "CACHED";
  return `DONE ${secondsOf(step).toFixed(1)}s`;
}

export const secondsOf = ({ started, completed }: StepView, now = Date.now()): number =>
  Math.max(0, ((completed ?? now) - (started ?? completed ?? now)) / 1000);

function isDue(told: { at: number; done: boolean } | undefined, { completed }: Transfer): boolean {
  if (told === undefined) return true;
  if (told.done) return false;
  return completed !== undefined || Date.now() - told.at >= transferEvery;
}

/** `transferring context: 1.2MB / 4MB 0.3s done` */
export function describe({ id, current, total, started, completed }: Transfer): string {
  const amount =
    current > 0 ? ` ${humanSize(current, 3)}${total > 0 ? ` / ${humanSize(total, 3)}` : ""}` : "";
  const end = completed === undefined ? Date.now() : Date.parse(completed);
  const seconds = (end - Date.parse(started)) / 1000;
  const time = seconds >= 0.05 ? ` ${seconds.toFixed(1)}s` : "";
  return `${id}${amount === "" ? "" : `:${amount}`}${time}${completed === undefined ? "" : " done"}`;
}
