import { cleanup } from "../network/index.ts";
import { isRunning } from "./container/status.ts";
import { stop } from "./container/stop.ts";
import type { EngineContext } from "./context.ts";
import { networkKey, type OpenEngine } from "./open.ts";

/**
 * Ends the engine. Its containers are stopped, each with its own timeout, and restart policies bring them back
 * with the next engine; with live-restore they run on, and the next engine takes them over.
 */
export async function shutDown({ context, metastore, status, imageRooms }: OpenEngine): Promise<void> {
  context.shuttingDown = true;
  if (!context.config.liveRestore) await stopAll(context);
  await context.background.drained();
  context.closed = true;
  await context.background.attempt("save the build cache", () => imageRooms.buildRecords.saved());
  for (const container of context.containers) container.monitor?.stop();
  context.names.close();
  await context.network.close();
  // Without containers nobody needs bridge and rules; the next engine makes them anew.
  if (!context.config.liveRestore) await cleanup(networkKey(context.config, context.log));
  imageRooms.snapshots.close();
  status.close();
  metastore.close();
}

async function stopAll(context: EngineContext): Promise<void> {
  const running = [...context.containers].filter(({ record }) => isRunning(record));
  await Promise.all(
    running.map((container) =>
      context.background.attempt(`stop container ${container.id}`, () => stop(context, container, {}, {})),
    ),
  );
}
