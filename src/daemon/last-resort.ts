import type { Log } from "../engine/log.ts";
import { messageOf } from "../errors/index.ts";

const WINDOW_MS = 60_000;
/** So many failures in a minute are no accident any more. */
const LIMIT = 100;

/**
 * Keeps the engine alive when a failure reaches nobody, which is a defect of ours: it is logged as an error with
 * where it came from. One request's defect must not take the logs, health checks and restarts of every container
 * with it. An engine in which it happens all the time is ended: containers go on, and the next one takes them over.
 */
export function surviveFailures(log: Log, giveUp: () => void = () => process.exit(1)): void {
  // Without a listener, a standard error that nobody reads any more would end the engine at its next message.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const recent: number[] = [];
  const survive = (error: unknown) => {
    const where = (error instanceof Error && error.stack) || messageOf(error);
    log("error", `unexpected failure, please report it: ${where}`);
    recent.push(performance.now());
    if (recent.length <= LIMIT) return;
    if (recent.shift()! < performance.now() - WINDOW_MS) return;
    log("error", `${LIMIT} unexpected failures within a minute: the engine ends, its containers go on`);
    giveUp();
  };
  process.on("unhandledRejection", survive);
  process.on("uncaughtException", survive);
}
