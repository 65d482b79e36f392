import { errnoOf, messageOf, unavailable } from "../../../errors/index.ts";

/** Milliseconds until a mirror must have said whether it has a suite. */
const patience = 15_000;

/** Whether a mirror has a suite; `unavailable`, with the mirror and the reason, when it does not say. */
export async function isServed(mirror: string, suite: string, signal: AbortSignal): Promise<boolean> {
  for (const index of ["InRelease", "Release"]) {
    const status = await statusOf(mirror, `dists/${suite}/${index}`, signal);
    if (status < 300) return true;
    if (status !== 404 && status !== 403 && status !== 410)
      throw unavailable(`the mirror ${mirror} answers ${status} when asked for ${suite}`);
  }
  return false;
}

async function statusOf(mirror: string, path: string, signal: AbortSignal): Promise<number> {
  const deadline = AbortSignal.timeout(patience);
  try {
    const answer = await fetch(mirror + path, {
      method: "HEAD",
      signal: AbortSignal.any([signal, deadline]),
    });
    return answer.status;
  } catch (cause) {
    signal.throwIfAborted();
    const reason = deadline.aborted ? `no answer within ${patience / 1000} s` : reasonOf(cause);
    throw unavailable(`cannot reach the mirror ${mirror}: ${reason}`, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was closed",
  ENOTFOUND: "no such host",
};

function reasonOf(error: unknown): string {
  return reasons[errnoOf(error) ?? ""] ?? messageOf(error);
}
