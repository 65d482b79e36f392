import { writeSync } from "node:fs";
import { asSlipwayError, type ErrorKind, SlipwayError } from "../../errors/index.ts";

/**
 * What a child says on its standard error, a JSON document a line: some events, then a result or an error. A pooled one can
 * be asked again after a result that is not its last.
 */
export type Message = { event: unknown } | { result: unknown; last?: boolean } | { error: TransferredError };

/** A SlipwayError on its way between processes. */
export interface TransferredError {
  kind: ErrorKind;
  message: string;
  errno?: string;
}

const stderr = 2;

export function sendEvent(event: unknown): void {
  send({ event });
}

/** Runs a child's work on the request in its only argument, or without one on its standard input, and reports how it ended; answers its exit status. */
export async function answer<Request>(
  args: string[],
  work: (request: Request) => Promise<unknown>,
): Promise<number> {
  const text = async () => JSON.parse(args[0] ?? (await Bun.stdin.text())) as Request;
  return await report(async () => ({ result: (await work(await text())) ?? null }));
}

/** Does a child's work and reports how it ended; answers its exit status. */
export async function report(work: () => Promise<{ result: unknown; last?: boolean }>): Promise<number> {
  try {
    send(await work());
    return 0;
  } catch (thrown) {
    const { kind, message, details } = asSlipwayError(thrown);
    send({ error: { kind, message, ...(details.errno === undefined ? {} : { errno: details.errno }) } });
    return 1;
  }
}

export function received(error: TransferredError): SlipwayError {
  return new SlipwayError(error.kind, error.message, error.errno === undefined ? {} : { errno: error.errno });
}

function send(message: Message): void {
  writeSync(stderr, `${JSON.stringify(message)}\n`);
}
