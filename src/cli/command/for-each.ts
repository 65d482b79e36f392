import { describe } from "../report.ts";
import { print, printError } from "../streams/print.ts";

/** So many requests are under way at once. */
const width = 50;

/**
 * Does something to each named object and prints each name in its order, or what went wrong. The status is 1
 * when any failed.
 */
export async function forEach(
  names: readonly string[],
  act: (name: string) => Promise<unknown>,
  show: (name: string) => string = (name) => `${name}\n`,
): Promise<number> {
  let status = 0;
  const failures: string[] = [];
  for (let at = 0; at < names.length; at += width) {
    const batch = names.slice(at, at + width);
    const outcomes = await Promise.allSettled(batch.map(act));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") print(show(batch[index]!));
      else failures.push(describe(outcome.reason));
    }
  }
  for (const failure of failures) {
    printError(`${failure}\n`);
    status = 1;
  }
  return status;
}
