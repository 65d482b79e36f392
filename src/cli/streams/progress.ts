import type { ProgressMessage } from "../../api/index.ts";
import { humanSize } from "../formatter/size.ts";
import { print } from "./print.ts";
import { isTerminal } from "./terminal.ts";

/**
 * Shows the progress of a long operation: on a terminal each item has a line of its own that is written over,
 * elsewhere each change of status is a line. Returns the last line of text that the engine sent.
 */
export async function showProgress(messages: AsyncIterable<ProgressMessage>): Promise<string> {
  const terminal = isTerminal(1);
  const lines = new Map<string, number>();
  const statuses = new Map<string, string>();
  let last = "";
  for await (const message of messages) {
    if (message.stream !== undefined) {
      print(message.stream);
      last = message.stream.trim();
    }
    if (message.status === undefined) continue;
    last = message.status;
    const { id = "" } = message;
    if (!terminal) {
      // Counts of bytes would be a line for each packet: only what changes in words is said.
      if (statuses.get(id) === message.status) continue;
      statuses.set(id, message.status);
      print(`${line(message, false)}\n`);
    } else if (id === "") print(`${line(message, true)}\n`);
    else drawOver(lines, id, line(message, true));
  }
  return last;
}

function line(message: ProgressMessage, withBar: boolean): string {
  const { id, status } = message;
  const head = id === undefined ? `${status}` : `${id}: ${status}`;
  return withBar ? `${head} ${bar(message)}`.trimEnd() : head;
}

function bar({ progressDetail: detail, progress }: ProgressMessage): string {
  if (progress !== undefined) return progress;
  if (detail?.current === undefined) return "";
  const current =
    detail.units === undefined ? humanSize(detail.current) : `${detail.current} ${detail.units}`;
  if (!detail.total) return current;
  const width = 50;
  const filled = Math.min(width, Math.floor((detail.current / detail.total) * width));
  const total = detail.units === undefined ? humanSize(detail.total) : `${detail.total} ${detail.units}`;
  const picture =
    filled >= width ? "=".repeat(width) : `${"=".repeat(filled)}>${" ".repeat(width - filled - 1)}`;
  return `[${picture}]  ${current}/${total}`;
}

/** Writes an item's line where it stands, or as a new last line. */
function drawOver(lines: Map<string, number>, id: string, text: string): void {
  const known = lines.get(id);
  if (known === undefined) {
    lines.set(id, lines.size);
    print(`${text}\n`);
    return;
  }
  const up = lines.size - known;
  print(`\x1b[${up}A\r\x1b[2K${text}\x1b[${up}B\r`);
}
