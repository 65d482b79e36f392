import { sgr } from "../../formatter/sgr.ts";
import type { BuildLog, StepView } from "./log.ts";
import { describe, secondsOf } from "./plain.ts";

/** Lines of output that are shown below a step that runs, as long as there is room. */
const outputLines = 6;

const [blue, red, yellow] = [sgr(34), sgr(31), sgr(33)];

export interface Line {
  readonly text: string;
  readonly time: string;
  readonly style?: (text: string) => string;
}

interface Block {
  readonly isRunning: boolean;
  /** The step itself, and what it transfers. */
  readonly head: readonly Line[];
  readonly output: readonly Line[];
}

export const isRunning = ({ started, completed }: StepView): boolean =>
  started !== undefined && completed === undefined;

/**
 * What is to be seen of a build in so many lines. Where there are too few, steps that are finished go first, from the top; then those
 * that run show less of their output; then the first of them go.
 */
export function screen(log: BuildLog, begun: number, height: number, now = Date.now()): Line[] {
  const blocks = log.steps
    .filter(({ started, completed, cached }) => started !== undefined || completed !== undefined || cached)
    .map((step) => blockOf(step, now));
  const done = log.steps.filter(({ completed }) => completed !== undefined).length;
  const isOver = done === log.steps.length;
  const title = `[+] Building ${((now - begun) / 1000).toFixed(1)}s (${done}/${log.steps.length})${isOver ? " FINISHED" : ""}`;
  const room = height - 1;
  const kept = withoutFinished(blocks, room);
  let limit = outputLines;
  while (limit > 0 && rowsOf(kept, limit) > room) limit--;
  const lines = kept.flatMap(({ head, output }) => [...head, ...last(output, limit)]);
  return [{ text: title, time: "" }, ...last(lines, room)];
}

function withoutFinished(blocks: readonly Block[], room: number): Block[] {
  let rows = rowsOf(blocks, outputLines);
  return blocks.filter((block) => {
    if (block.isRunning || rows <= room) return true;
    rows -= rowsOf([block], outputLines);
    return false;
  });
}

const rowsOf = (blocks: readonly Block[], limit: number): number =>
  blocks.reduce((sum, { head, output }) => sum + head.length + Math.min(output.length, limit), 0);

/** The last of them; none when there is no room. */
const last = <T>(all: readonly T[], count: number): readonly T[] => (count > 0 ? all.slice(-count) : []);

function blockOf(step: StepView, now: number): Block {
  const { mark, style } = looksOf(step);
  const head: Line[] = [
    {
      text: ` => ${mark}${step.name}`,
      time: `${secondsOf(step, now).toFixed(1)}s`,
      ...(style && { style }),
    },
  ];
  for (const transfer of step.transfers.values()) {
    const text = ` => => ${describe(transfer)}`;
    head.push({ text, time: "", ...(transfer.completed === undefined ? {} : { style: blue }) });
  }
  const texts = isRunning(step) ? [...step.lines.map(({ text }) => text), ...openLine(step)] : [];
  const output = last(texts, outputLines).map((text) => ({ text: ` => => # ${text}`, time: "" }));
  return { isRunning: isRunning(step), head, output };
}

function looksOf({ cached, completed, error }: StepView) {
  if (error === "context canceled") return { mark: "CANCELED ", style: yellow };
  if (error !== undefined) return { mark: "ERROR ", style: red };
  return { mark: cached ? "CACHED " : "", style: completed === undefined ? undefined : blue };
}

/** A line that the program goes on writing, or over: the bar of a download. */
function openLine({ rest }: StepView): string[] {
  const text = rest.replace(/\r+$/, "").replace(/^.*\r/s, "");
  return text.trim() === "" ? [] : [text];
}
