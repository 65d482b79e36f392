import type { ProgressMessage } from "../../api/index.ts";
import { progressBar } from "../formatter/progress-bar.ts";
import { ellipsis } from "../formatter/text.ts";
import { print, printError } from "./print.ts";
import { isTerminal, type Size, terminalSize } from "./terminal.ts";

export interface ProgressOptions {
  /** Standard error keeps standard output clean for results. */
  to?: 1 | 2;
  /** Shows nothing; the failure that may end the stream is thrown all the same. */
  quiet?: boolean;
}

/**
 * Shows the progress of a long operation: on a terminal each item has a line of its own that is written over,
 * elsewhere each change of its status is a line, without the numbers.
 */
export async function showProgress(
  messages: AsyncIterable<ProgressMessage>,
  { to = 1, quiet = false }: ProgressOptions = {},
): Promise<void> {
  const write = to === 1 ? print : printError;
  const terminal = isTerminal(to);
  const show = terminal ? drawing(write, () => terminalSize(to)) : telling(write);
  for await (const message of messages) if (!quiet) show(message);
}

/** What has an id and details is an item; everything else is a line that stays as it is. */
const isItem = ({ id, progressDetail }: ProgressMessage) => Boolean(id) && progressDetail !== undefined;

const lineOf = ({ id, status }: ProgressMessage) => (id ? `${id}: ${status}` : `${status}`);

/** As docker does without a terminal: numbers are left out, and what changes in words is said once. */
function telling(write: (text: string) => void): (message: ProgressMessage) => void {
  const statuses = new Map<string, string>();
  return (message) => {
    if (message.stream !== undefined) write(message.stream);
    const { current = 0, total = 0 } = message.progressDetail ?? {};
    if (message.status === undefined || current > 0 || total > 0) return;
    if (isItem(message) && statuses.get(message.id!) === message.status) return;
    if (isItem(message)) statuses.set(message.id!, message.status);
    else statuses.clear();
    write(`${lineOf(message)}\n`);
  };
}

/** Writes each item over its former line, which is found by counting up from the last one. */
function drawing(
  write: (text: string) => void,
  size: () => Size | undefined,
): (message: ProgressMessage) => void {
  const rows = new Map<string, number>();
  return (message) => {
    if (message.stream !== undefined) write(message.stream);
    if (message.status === undefined) return;
    const { height = 24, width = 80 } = size() ?? {};
    if (!isItem(message)) {
      // Items that come after a line of another kind begin below it.
      rows.clear();
      write(`${lineOf(message)}\n`);
      return;
    }
    // A longer line would take two rows, and the next one would be written over the wrong one.
    const text = ellipsis(
      `${lineOf(message)} ${progressBar(message.progressDetail!, width)}`.trimEnd(),
      width,
    );
    const known = rows.get(message.id!);
    if (known === undefined) {
      rows.set(message.id!, rows.size);
      write(`${text}\n`);
      return;
    }
    const up = rows.size - known;
    // What has left the screen at its top cannot be reached any more.
    if (up < height) write(`\x1b[${up}A\r\x1b[2K${text}\x1b[${up}B\r`);
  };
}
