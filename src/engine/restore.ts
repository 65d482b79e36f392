import { closeSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { errnoOf, messageOf } from "../errors/index.ts";
import { parseRfc3339 } from "../os/clock.ts";
import { ifThere } from "../os/if-there.ts";
import type { Adoption, ExitRecord, RuntimeProcess } from "../runtime/index.ts";
import { startAccordingToPolicy } from "./autostart.ts";
import { cgroupOf } from "./container/cgroup.ts";
import type { Container } from "./container/container.ts";
import { finish, supervise } from "./container/exit.ts";
import { startHealthChecks } from "./container/health.ts";
import { adoptVolumes } from "./container/mounts/volumes.ts";
import { presentHosts } from "./container/network/files.ts";
import { keepShared } from "./container/network/keep.ts";
import { registerNames, serveNames } from "./container/network/names.ts";
import { watchEndedMemory, watchMemory } from "./container/oom.ts";
import { deleteFiles } from "./container/remove.ts";
import { releaseRun } from "./container/run.ts";
import { runtimeOf } from "./container/runtime-of.ts";
import { launch } from "./container/start.ts";
import { adoptStdio, startOutput } from "./container/stdio.ts";
import type { EngineContext } from "./context.ts";
import { resumeAbandoned } from "./volume/paused.ts";
import { finishRenames } from "./volume/rename.ts";

/**
 * Makes the world fit the records, and the records the world, at the engine's start: containers that still run
 * are taken over, those that ended meanwhile accounted for, and what an engine that was killed had begun is
 * finished or taken back. Nothing else runs meanwhile. `announce` lets the ended containers' parents go.
 */
export async function restore(engine: EngineContext, announce: () => void): Promise<void> {
  finishRenames(engine);
  const ended: { container: Container; exit: ExitRecord }[] = [];
  for (const container of engine.containers) {
    // A removal that was not acknowledged did not happen; who wants it asks again.
    container.record.removing = false;
    const exit = await tolerate(engine, container, () => takeOver(engine, container));
    if (exit !== undefined) ended.push({ container, exit });
  }
  for (const container of engine.containers) {
    if (container.run === undefined) await tolerate(engine, container, () => keepShared(engine, container));
  }
  await engine.network.reconcile();
  announce();
  for (const { container, exit } of ended) {
    await tolerate(engine, container, () =>
      container.mutex.run(() =>
        finish(engine, container, { release: () => releaseRun(engine, container.record) }, exit, launch),
      ),
    );
  }
  for (const container of engine.containers) await resumeAbandoned(engine, container);
  await removeLeftovers(engine);
  // A server that does not answer must not keep the engine from its start.
  engine.background.run("unmount volumes that nobody uses", () => engine.volumes.unmountUnused());
  engine.background.run("start containers", () => startAccordingToPolicy(engine));
}

/** One container that cannot be restored must not keep the others down. */
async function tolerate<T>(
  engine: EngineContext,
  { id }: Container,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    engine.log("error", `cannot restore container ${id}: ${messageOf(error)}`);
    return undefined;
  }
}

/** Takes a container over if it runs. Answers its end if it ran when the former engine ended, and runs no longer. */
async function takeOver(engine: EngineContext, container: Container): Promise<ExitRecord | undefined> {
  const { record } = container;
  const { state } = record;
  const ran = state.status === "running" || state.status === "paused";
  const runtime = runtimeOf(engine, record);
  const group = cgroupOf(engine, record);
  if (!ran) {
    // A start that was never acknowledged did not happen.
    if (runtime.list().includes(record.id)) await runtime.remove(record.id, group);
    await releaseRun(engine, record);
    return undefined;
  }
  const init = { pid: state.initPid, startTicks: state.startTicks };
  const adoption = runtime.adopt(record.id, group, init);
  if (adoption.state === "lost") return await lost(engine, container);
  await takeOverOutput(engine, container, adoption);
  if (adoption.state === "exited") {
    // They are still to be given back.
    adoptVolumes(engine, record);
    watchEndedMemory(engine, container, adoption.held.memoryEvent);
    return adoption.exit;
  }
  await adopt(engine, container, adoption.process, adoption.held.memoryEvent);
  return undefined;
}

/** What waits in the pipes is read to its end, whether or not the container still runs. */
async function takeOverOutput(
  engine: EngineContext,
  container: Container,
  adoption: Exclude<Adoption, { state: "lost" }>,
): Promise<void> {
  const { terminal } = adoption.held;
  try {
    const stdio = adoptStdio(engine, container);
    const ended = adoption.state === "running" ? adoption.process.exited : Promise.resolve();
    stdio.connect(terminal, ended);
    startOutput(engine, container, stdio);
  } catch (error) {
    if (terminal !== undefined && container.stdio === undefined) closeSync(terminal);
    if (errnoOf(error) !== "ENOENT") throw error;
    engine.log("warn", `the output of container ${container.id} is gone: ${messageOf(error)}`);
  }
}

async function adopt(
  engine: EngineContext,
  container: Container,
  process: RuntimeProcess,
  memoryEvent: number | undefined,
): Promise<void> {
  const { record } = container;
  const { network, initPid } = record.state;
  if (network !== undefined) {
    container.sandbox = engine.network.adopt({
      id: network.sandboxId,
      pid: initPid,
      endpoints: Object.values(network.endpoints),
      ports: network.published,
    });
    const { endpoints } = network;
    for (const [name, endpoint] of Object.entries(endpoints)) registerNames(engine, record, name, endpoint);
    await serveNames(engine, record, container.sandbox, endpoints);
    container.hosts = presentHosts(engine, container);
  }
  engine.rootfs.adopt(record.id);
  adoptVolumes(engine, record);
  container.run = { process, release: () => releaseRun(engine, record) };
  container.ready.resolve();
  watchMemory(engine, container, memoryEvent);
  startHealthChecks(engine, container);
  if (record.state.status === "paused") container.monitor?.stop();
  supervise(engine, container, container.run, launch);
}

/** The host was rebooted, or someone killed the container and its parent: nobody knows its exit code. */
async function lost(engine: EngineContext, container: Container): Promise<ExitRecord> {
  const started = Number(parseRfc3339(container.record.state.startedAt) / 1_000_000n);
  engine.log("warn", `container ${container.id} ended while no engine was there to see it`);
  return { code: 137, finishedAt: new Date(Math.max(Date.now(), started)) };
}

/** Snapshots, directories and runtime states that no container has: an engine was killed while it made or deleted them. */
async function removeLeftovers(engine: EngineContext): Promise<void> {
  const { paths, containers, background } = engine;
  const known = (id: string) => containers.get(id) !== undefined;
  for (const runtime of engine.runtimes.values()) {
    for (const id of runtime.list()) {
      if (known(id)) continue;
      await background.attempt("remove a leftover of the runtime", () =>
        runtime.remove(id, `/${engine.config.cgroupParent}/${id}`),
      );
    }
  }
  const ids = [...entries(paths.bundles), ...entries(paths.containers), ...engine.rootfs.ids()];
  for (const id of new Set(ids)) {
    if (known(id)) continue;
    await background.attempt(`delete the leftovers of container ${id}`, async () => {
      await deleteFiles(engine, id);
      await rm(paths.container(id).bundle, { recursive: true, force: true });
    });
  }
}

function entries(directory: string): string[] {
  return ifThere(() => readdirSync(directory)) ?? [];
}
