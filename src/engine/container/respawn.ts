import { messageOf } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { Cause } from "./cause.ts";
import type { Container } from "./container.ts";

/** Starts a container whose mutex is held. */
export type Launch = (engine: EngineContext, container: Container) => Promise<void>;

/** Starts a container again after the delay that its policy's back-off says. */
export function scheduleRestart(
  engine: EngineContext,
  container: Container,
  ranFor: number,
  launch: Launch,
): void {
  const controller = new AbortController();
  container.restart = controller;
  const delay = container.backoff.next(ranFor);
  engine.background.supervise(container.id, async () => {
    if (!(await elapsed(delay, controller.signal))) return;
    await container.mutex.run(async () => {
      if (controller.signal.aborted || engine.shuttingDown || container.deleted) return;
      container.restart = undefined;
      await launch(engine, container).catch((error: unknown) => {
        engine.log("error", `cannot restart container ${container.id}: ${messageOf(error)}`);
      });
    });
  });
}

/** False when the wait was given up. */
function elapsed(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve(false);
      },
      { once: true },
    );
  });
}

/** Keeps a container down that was about to be restarted; if it runs again already, that run is not touched. */
export async function cancelRestart(
  engine: EngineContext,
  container: Container,
  by: Cause = {},
): Promise<void> {
  container.restart?.abort();
  await container.mutex.run(() => {
    const { record } = container;
    if (record.state.status !== "restarting") return;
    container.restart = undefined;
    record.state.status = "exited";
    if (by.byUser) record.manuallyStopped = true;
    engine.containers.save(container);
    container.waiters.exited({ exitCode: record.state.exitCode, error: "" });
  });
}
