import { notModified } from "../../errors/index.ts";
import { isDeafTo } from "../../os/process.ts";
import { parseSignal } from "../../os/signal.ts";
import type { EngineContext } from "../context.ts";
import type { Cause } from "./cause.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { killAndWait, signalContainer, stopSignal } from "./kill.ts";
import { cancelRestart } from "./respawn.ts";
import { isRunning } from "./status.ts";

/** Docker's, in seconds. */
const defaultTimeout = 10;

export interface StopOptions {
  /** Seconds; -1 waits for ever; absent: the container's own. */
  timeout?: number;
  signal?: string;
}

/** `stop`: asks the container to end, and kills it when it does not. */
export async function stopContainer(engine: EngineContext, ref: string, options: StopOptions): Promise<void> {
  const container = engine.containers.find(ref);
  if (!isRunning(container.record)) throw notModified("container is already stopped");
  await stop(engine, container, options, { byUser: true });
}

/** Resolves when the container's end is accounted for. */
export async function stop(
  engine: EngineContext,
  container: Container,
  options: StopOptions,
  by: Cause,
): Promise<void> {
  const { record } = container;
  const signal = options.signal ? parseSignal(options.signal) : stopSignal(container);
  const timeout = options.timeout ?? record.config.StopTimeout ?? defaultTimeout;
  if (record.state.status === "restarting") await cancelRestart(engine, container, by);
  else if (isRunning(record)) await askThenKill(engine, container, signal, timeout, by);
  emit(engine, container, "stop");
}

async function askThenKill(
  engine: EngineContext,
  container: Container,
  signal: number,
  timeout: number,
  by: Cause,
): Promise<void> {
  const exit = container.waiters.exitWithin(timeout < 0 ? undefined : timeout * 1000);
  try {
    // Nobody would notice the signal: waiting for its effect would be in vain.
    const deaf = timeout >= 0 && isDeafTo(container.record.state.initPid, signal);
    if (!(await signalContainer(engine, container, signal, by))) return;
    if (!deaf && (await exit.happened)) return;
  } finally {
    exit.giveUp();
  }
  if (isRunning(container.record)) await killAndWait(engine, container, by);
}
