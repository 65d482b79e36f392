import { messageOf, systemError } from "../../errors/index.ts";
import { parseSignal } from "../../os/signal.ts";
import type { EngineContext } from "../context.ts";
import type { Cause } from "./cause.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { requireRunning } from "./require.ts";
import { cancelRestart } from "./respawn.ts";
import { runtimeOf } from "./runtime-of.ts";
import { isRunning } from "./status.ts";

export const SIGKILL = 9;
export const SIGTERM = 15;

/** How long a container may take to end after SIGKILL. */
const killPatience = 10_000;

/** After so many milliseconds processes that do not end are taken for ones that wait for a volume's server. */
const serverPatience = 2_000;

/** `kill`: sends a signal. After SIGKILL the answer waits for the container's end, after others it does not. */
export async function killContainer(engine: EngineContext, ref: string, signal = "KILL"): Promise<void> {
  const number = signal === "" ? SIGKILL : parseSignal(signal);
  const container = engine.containers.find(ref);
  requireRunning(container);
  if (number === SIGKILL) await killAndWait(engine, container, { byUser: true });
  else await signalContainer(engine, container, number, { byUser: true });
}

/** Kills every process of the container and waits until its end is accounted for. */
export async function killAndWait(
  engine: EngineContext,
  container: Container,
  options: Cause = {},
): Promise<void> {
  if (container.record.state.status === "restarting") return await cancelRestart(engine, container, options);
  const exit = container.waiters.exitWithin(killPatience);
  let waitsFor: string[] = [];
  const stuck = setTimeout(() => {
    engine.background.run("take its volumes from a container that does not end", async () => {
      waitsFor = await engine.volumes.abandon(container.id);
    });
  }, serverPatience);
  try {
    if (!(await signalContainer(engine, container, SIGKILL, options)) || (await exit.happened)) return;
  } finally {
    clearTimeout(stuck);
    exit.giveUp();
  }
  if (!isRunning(container.record)) return;
  const hint =
    waitsFor.length === 0
      ? ""
      : `: it may wait for the server of volume ${waitsFor.join(", ")}, which others use as well: end these, too`;
  throw systemError(`tried to kill container ${container.id}, but did not receive an exit event${hint}`);
}

/** Sends a signal; false when the container has ended meanwhile. */
export async function signalContainer(
  engine: EngineContext,
  container: Container,
  signal: number,
  options: Cause = {},
): Promise<boolean> {
  const { record } = container;
  return await container.mutex.run(async () => {
    if (!isRunning(record)) return false;
    const stops = signal === SIGKILL || signal === stopSignal(container);
    if (options.byUser && stops && !record.manuallyStopped) {
      record.manuallyStopped = true;
      engine.containers.save(container);
    }
    const runtime = runtimeOf(engine, record);
    try {
      runtime.kill(record.id, signal);
      if (signal === SIGKILL && record.hostConfig.PidMode) await runtime.killAll(record.id);
    } catch (cause) {
      throw systemError(`Cannot kill container ${record.id}: ${messageOf(cause)}`, { cause });
    }
    // A frozen process takes even SIGKILL only once it is thawed (cgroup version 1).
    if (stops && record.state.status === "paused") await runtime.resume(record.id);
    emit(engine, container, "kill", { signal: String(signal) });
    return true;
  });
}

/** The signal that asks the container to stop. */
export function stopSignal({ record }: Container): number {
  return record.config.StopSignal ? parseSignal(record.config.StopSignal) : SIGTERM;
}
