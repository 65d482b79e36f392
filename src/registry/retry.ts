import { setTimeout as sleep } from "node:timers/promises";
import { cancelled, errnoOf, SlipwayError } from "../errors/index.ts";
import { isPassing } from "./connection-failure.ts";
import type { Reply } from "./exchange.ts";
import type { Limits } from "./limits.ts";

/** Statuses that may be others in a moment; all others are final. */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** The milliseconds that a Retry-After header asks for: seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0);
}

/** The wait before the attempt after number `attempt` (from 1): twice as long each time, and by chance a bit less. */
export function backOff({ backOff }: Limits, attempt: number): number {
  return backOff * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

/** `cancelled` when the signal fires. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (cause) {
    throw cancelled("the request was given up", { cause });
  }
}

/**
 * Sends until there is an answer or an error that is final, or the attempts are used up: then the last answer, or the
 * last error.
 */
export async function retrying(
  send: () => Promise<Reply>,
  limits: Limits,
  signal: AbortSignal,
  isFinal: (error: unknown) => boolean = () => false,
): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    let pause = backOff(limits, attempt);
    try {
      const reply = await send();
      if (!isPassingStatus(reply.status) || attempt >= limits.attempts) return reply;
      const asked = retryAfter(reply.headers.get("retry-after")) ?? 0;
      if (asked > limits.retryAfter) return reply;
      await reply.discard();
      pause = Math.max(pause, asked);
    } catch (error) {
      if (isFinal(error) || !mayRetry(error) || attempt >= attemptsFor(error, limits)) throw error;
    }
    await wait(pause, signal);
  }
}

/** Whether a failure is of the connection, and not for good. */
export function mayRetry(error: unknown): boolean {
  return error instanceof SlipwayError && error.kind === "unavailable" && isPassing(error);
}

/** How often what failed like this is tried: a registry that hangs, or speaks no TLS any more, is asked twice. */
export function attemptsFor(error: unknown, { attempts }: Limits): number {
  return ["ETIMEDOUT", "EPROTO"].includes(errnoOf(error) ?? "") ? Math.min(attempts, 2) : attempts;
}
