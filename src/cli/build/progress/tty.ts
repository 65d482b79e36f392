import { ellipsis } from "../../formatter/text.ts";
import type { Size } from "../../streams/terminal.ts";
import type { BuildLog } from "./log.ts";
import { isRunning, type Line, screen } from "./screen.ts";
import type { View } from "./view.ts";

const every = 100;

/**
 * On a terminal: all steps, one below the other, those that run with their last lines, drawn anew ten times a second over what
 * was drawn before.
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
