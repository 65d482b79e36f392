import type { ProgressMessage } from "../../api/index.ts";

export type Report = (message: ProgressMessage) => void;

/** Runs work and yields what it reports as it does; fails as the work fails, after its last message. */
export async function* progressOf(work: (report: Report) => Promise<void>): AsyncGenerator<ProgressMessage> {
  let messages: ProgressMessage[] = [];
  let arrived = Promise.withResolvers<void>();
  let ended = false;
  const report: Report = (message) => {
    const last = messages.at(-1);
    // A client that reads slowly gets the latest state of a step, not all of them.
    if (last !== undefined && last.id === message.id && last.progressDetail && message.progressDetail)
      messages.pop();
    messages.push(message);
    arrived.resolve();
  };
  const task = work(report).finally(() => {
    ended = true;
    arrived.resolve();
  });
  // Its failure is thrown below, when the messages before it have been taken.
  task.catch(() => {});
  while (!ended || messages.length > 0) {
    if (messages.length === 0) await arrived.promise;
    arrived = Promise.withResolvers();
    if (ended) arrived.resolve();
    const batch = messages;
    messages = [];
    yield* batch;
  }
  await task;
}

/** A step's progress as Docker tells it: numbers, and the bar that its command line draws. */
export function progressMessage(id: string, status: string, current: number, total: number): ProgressMessage {
  return { id, status, progressDetail: { current, total }, progress: bar(current, total) };
}

const barWidth = 50;

function bar(current: number, total: number): string {
  if (total <= 0) return size(current);
  const filled = Math.min(barWidth, Math.floor((current / total) * barWidth));
  const drawn =
    filled >= barWidth
      ? `${"=".repeat(barWidth)}>`
      : `${"=".repeat(filled)}>${" ".repeat(barWidth - filled)}`;
  return `[${drawn}]  ${size(current).padStart(7)}/${size(total)}`;
}

/** Four significant digits, decimal units, as go-units. */
function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}
