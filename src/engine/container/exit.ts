import { nowNanoseconds, parseRfc3339, rfc3339Nano } from "../../os/clock.ts";
import type { ExitRecord } from "../../runtime/index.ts";
import type { EngineContext } from "../context.ts";
import { cgroupOf } from "./cgroup.ts";
import type { Container, Run } from "./container.ts";
import { emit } from "./events.ts";
import {
  emitMemberships,
  hasReservations,
  leaveNetwork,
  leaveShared,
  releaseSandbox,
} from "./network/leave.ts";
import { endMemoryWatch } from "./oom.ts";
import { removeStopped } from "./remove.ts";
import { type Launch, scheduleRestart } from "./respawn.ts";
import { shouldRestart } from "./restart-policy.ts";
import { runtimeOf } from "./runtime-of.ts";
import { closeStdio } from "./stdio.ts";

/** How long output may still come after the container's first process has ended. */
const outputGrace = 2000;

/** Waits for the end of a run and does what follows from it: account, tell, restart or remove, clean up. */
export function supervise(engine: EngineContext, container: Container, run: Run, relaunch: Launch): void {
  engine.background.supervise(container.id, async () => {
    const exit = await run.process.exited;
    if (engine.closed) return;
    await container.mutex.run(async () => {
      if (container.run === run) await finish(engine, container, run, exit, relaunch);
    });
  });
}

/** The container's mutex is held. Those who wait are told as soon as the state is durable. */
export async function finish(
  engine: EngineContext,
  container: Container,
  run: Pick<Run, "release">,
  exit: ExitRecord,
  relaunch: Launch,
): Promise<void> {
  const { record } = container;
  container.monitor?.stop();
  await endOutput(engine, container);
  await engine.background.attempt("end the memory watch", () => endMemoryWatch(container));
  const published = hasReservations(record);
  // Others may have the ports and the address as soon as the exit is known.
  if (published) await leave(engine, container);
  const stopped =
    record.manuallyStopped || record.removing || engine.shuttingDown || container.restartedByUser;
  const ranFor = account(engine, container, exit);
  emit(engine, container, "die", {
    exitCode: String(exit.code),
    execDuration: String(Math.floor(ranFor / 1000)),
  });
  emitMemberships(engine, record, "disconnect");
  const restart = shouldRestart(record.hostConfig.RestartPolicy, {
    exitCode: exit.code,
    restartCount: record.restartCount,
    stopped,
  });
  const remove = !restart && record.hostConfig.AutoRemove && !container.restartedByUser;
  record.state.status = restart ? "restarting" : "exited";
  if (restart) record.restartCount += 1;
  // What is about to be deleted need not be written first: the exit file tells the next engine the same.
  // Who waits is told in any case: on a full disk, too, `run` and `wait` must end.
  if (!remove)
    await engine.background.attempt("record the container's end", () => engine.containers.save(container));
  container.run = undefined;
  container.ready = Promise.withResolvers();
  container.waiters.exited({ exitCode: exit.code, error: "" });
  if (restart) scheduleRestart(engine, container, ranFor, relaunch);
  if (remove) await removeStopped(engine, container, { volumes: true });
  if (!published) await leave(engine, container);
  if (remove) await engine.background.attempt("release the network", () => releaseSandbox(engine, container));
  await run.release();
}

/** Who shared a network may have been the last one in it. */
async function leave(engine: EngineContext, container: Container): Promise<void> {
  const { background } = engine;
  const held = container.record.state.network;
  await background.attempt("release the network", () => leaveNetwork(engine, container));
  if (held === undefined) background.run("release a shared network", () => leaveShared(engine, container));
}

async function endOutput(engine: EngineContext, container: Container): Promise<void> {
  const { stdio, record } = container;
  // Processes in another PID namespace outlive the first one, and would hold the output open.
  if (record.hostConfig.PidMode) {
    await engine.background.attempt("kill what is left of the container", () =>
      runtimeOf(engine, record).killAll(record.id),
    );
  }
  if (stdio === undefined) return;
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, outputGrace);
  await engine.background.attempt("read the container's output to its end", () =>
    Promise.race([stdio.done, late.promise]),
  );
  clearTimeout(timer);
  await engine.background.attempt("close the container's output", () => closeStdio(container));
}

/** Writes the end into the record and answers how long the run lasted, in milliseconds. */
function account(engine: EngineContext, container: Container, exit: ExitRecord): number {
  const { state } = container.record;
  const finished = BigInt(Math.round(exit.finishedAt.getTime() * 1000)) * 1000n;
  const started = parseRfc3339(state.startedAt);
  // The exit file's time is the kernel's coarse clock: it may lie a tick before the start.
  const end = finished > started ? finished : nowNanoseconds();
  const usage = engine.cgroups.usage(cgroupOf(engine, container.record));
  state.exitCode = exit.code;
  state.finishedAt = rfc3339Nano(end);
  state.initPid = 0;
  state.startTicks = 0;
  if (usage !== undefined) {
    state.usage = { peakMemory: usage.peakMemory ?? 0, cpuNanoseconds: usage.cpuNanoseconds };
  }
  return Number((end - started) / 1_000_000n);
}
