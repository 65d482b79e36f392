import { sgr } from "../../formatter/sgr.ts";
import { ellipsis } from "../../formatter/text.ts";
import type { Size } from "../../streams/terminal.ts";
import type { BuildLog, StepView } from "./log.ts";
import { describe, secondsOf } from "./plain.ts";
import type { View } from "./view.ts";

const every = 100;
/** Lines of output that are shown below a step that runs. */
const outputLines = 6;

const [blue, red, yellow] = [sgr(34), sgr(31), sgr(33)];

interface Line {
  readonly text: string;
  readonly time: string;
  readonly style?: (text: string) => string;
}

/**
 * On a terminal: all steps, one below the other, those that run with their last lines, drawn anew ten times a second over what
 * was drawn before. What has no room on the screen is left out from the top: finished steps first.
 */
export function terminalView(
  log: BuildLog,
  write: (text: string) => void,
  size: () => Size | undefined,
  coloured: boolean,
): View {
  const begun = Date.now();
  /** Columns of each line that is on the screen. */
  let drawn: number[] = [];
  let isDirty = true;
  const draw = (isOver: boolean) => {
    const { height = 24, width: columns = 80 } = size() ?? {};
    // A terminal that has become narrower has broken lines into several rows.
    const rows = drawn.reduce((sum, used) => sum + Math.max(1, Math.ceil(used / columns)), 0);
    const up = Math.min(rows, height - 1);
    const lines = screen(log, begun, isOver ? Number.POSITIVE_INFINITY : Math.max(3, height - 1));
    const fits = lines.map((line) => fitted(line, columns, coloured));
    const text = fits.map((line) => `\x1b[2K${line}\n`).join("");
    write(`\x1b[?25l${up > 0 ? `\x1b[${up}A` : ""}\r${text}\x1b[0J${isOver ? "\x1b[?25h" : ""}`);
    drawn = fits.map((line) => Bun.stringWidth(line));
    isDirty = false;
  };
  const timer = setInterval(() => {
    if (isDirty || log.steps.some(isRunning)) draw(false);
  }, every);
  const resized = () => draw(false);
  process.on("SIGWINCH", resized);
  return {
    show(status) {
      log.update(status);
      isDirty = true;
    },
    end() {
      clearInterval(timer);
      process.off("SIGWINCH", resized);
      draw(true);
    },
  };
}

const isRunning = ({ started, completed }: StepView): boolean =>
  started !== undefined && completed === undefined;

function screen(log: BuildLog, begun: number, height: number): Line[] {
  const shown = log.steps.filter(
    ({ started, completed, cached }) => started !== undefined || completed !== undefined || cached,
  );
  const done = log.steps.filter(({ completed }) => completed !== undefined).length;
  const isOver = done === log.steps.length;
  const head = `[+] Building ${((Date.now() - begun) / 1000).toFixed(1)}s (${done}/${log.steps.length})${isOver ? " FINISHED" : ""}`;
  const blocks = shown.map((step) => block(step));
  let total = 1 + blocks.reduce((sum, lines) => sum + lines.length, 0);
  // Finished steps make room first, then the output of those that run.
  const isKept = blocks.map(() => true);
  for (const [at, step] of shown.entries()) {
    if (total <= height) break;
    if (isRunning(step)) continue;
    isKept[at] = false;
    total -= blocks[at]?.length ?? 0;
  }
  const lines = blocks.filter((_, at) => isKept[at]).flat();
  return [{ text: head, time: "" }, ...lines.slice(Math.max(0, lines.length - (height - 1)))];
}

function block(step: StepView): Line[] {
  const mark = step.cached
    ? "CACHED "
    : step.error === undefined
      ? ""
      : step.error === "context canceled"
        ? "CANCELED "
        : "ERROR ";
  const style =
    step.error !== undefined
      ? mark === "ERROR "
        ? red
        : yellow
      : step.completed !== undefined
        ? blue
        : undefined;
  const time = `${secondsOf(step).toFixed(1)}s`;
  const head = { text: ` => ${mark}${step.name}`, time, ...(style === undefined ? {} : { style }) };
  const isLive = isRunning(step);
  const transfers = [...step.transfers.values()].map((transfer) => ({
    text: ` => => ${describe(transfer)}`,
    time: "",
    ...(transfer.completed !== undefined ? { style: blue } : {}),
  }));
  const output = isLive
    ? step.lines.slice(-outputLines).map(({ text }) => ({ text: ` => => # ${text}`, time: "" }))
    : [];
  return [head, ...transfers, ...output];
}

/** Exactly a row: longer ones would take two. */
function fitted({ text, time, style }: Line, columns: number, coloured: boolean): string {
  const plain = Bun.stripANSI(text)
    .replaceAll("\t", "    ")
    .replace(/\p{Cc}/gu, "");
  const room = Math.max(1, columns - (time === "" ? 0 : time.length + 1));
  const cut = ellipsis(plain, room);
  const padded = time === "" ? cut : `${cut}${" ".repeat(Math.max(0, room - Bun.stringWidth(cut)))} ${time}`;
  return style !== undefined && coloured ? style(padded) : padded;
}
