import { conflict, messageOf, notModified, SlipwayError } from "../../errors/index.ts";
import { nowNanoseconds, rfc3339Nano } from "../../os/clock.ts";
import type { ProcessIdentity } from "../../os/process.ts";
import type { EngineContext } from "../context.ts";
import { bundleFor } from "./bundle.ts";
import { cgroupOf } from "./cgroup.ts";
import type { Container, Run } from "./container.ts";
import { emit } from "./events.ts";
import { supervise } from "./exit.ts";
import { startHealthChecks } from "./health.ts";
import { prepareMounts } from "./mounts/prepare.ts";
import { mountVolumes } from "./mounts/volumes.ts";
import { linkingHostsFollow, writeNetworkFiles } from "./network/files.ts";
import { type JoinedNetwork, joinNetwork } from "./network/join.ts";
import { emitMemberships } from "./network/leave.ts";
import { endMemoryWatch, watchMemory } from "./oom.ts";
import type { ContainerRecord } from "./record.ts";
import { removeStopped } from "./remove.ts";
import { releaseRun } from "./run.ts";
import { runtimeOf } from "./runtime-of.ts";
import { mountSharedMemory } from "./shm.ts";
import { isRunning } from "./status.ts";
import { closeStdio, descriptorsOf, openStdio, startOutput } from "./stdio.ts";
import { Undo } from "./undo.ts";

/** What a container counts as having returned when it could not be started. */
const notStarted = 128;

/** `start`. */
export async function startContainer(engine: EngineContext, ref: string): Promise<void> {
  const container = engine.containers.find(ref);
  refuse(container);
  await container.mutex.run(async () => {
    refuse(container);
    const { record } = container;
    record.manuallyStopped = false;
    record.restartCount = 0;
    container.backoff.reset();
    await launch(engine, container);
  });
}

function refuse({ record }: Container): void {
  if (record.state.status === "paused") {
    throw conflict("cannot start a paused container, try unpause instead");
  }
  if (isRunning(record)) throw notModified("container is already running");
  if (record.removing || record.state.status === "dead") {
    throw conflict("container is marked for removal and cannot be started");
  }
}

/**
 * The life of a run, up to the moment when the process is there. The container's mutex is held. A start that
 * fails leaves the container as it was, with the reason and the exit code that stands for it.
 */
export async function launch(engine: EngineContext, container: Container): Promise<void> {
  const { record } = container;
  const undo = new Undo();
  container.starting = true;
  try {
    const runtime = runtimeOf(engine, record);
    const paths = engine.paths.container(record.id);
    undo.add("delete the bundle", () => engine.rootfs.deleteBundle(record));
    const stdio = openStdio(engine, container);
    undo.add("close the container's streams", () => closeStdio(container));
    const [rootfs, network] = await both(
      mountRoot(engine, record, undo),
      joinNetwork(engine, container, undo),
    );
    await mountVolumes(engine, record, undo);
    writeNetworkFiles(engine, container, network);
    mountSharedMemory(engine, record, undo);
    const mounts = await prepareMounts(record, { ...engine, paths, root: rootfs });
    runtime.writeBundle(paths.bundle, bundleFor(engine, container, rootfs, network, mounts));
    const group = cgroupOf(engine, record);
    undo.add("remove what the runtime left", () => runtime.remove(record.id, group));
    undo.add("end the memory watch", () => endMemoryWatch(container));
    watchMemory(engine, container);
    const streams = descriptorsOf(stdio);
    const memoryEvent = container.oom?.descriptor;
    const process = runtime.run({
      id: record.id,
      group,
      bundle: paths.bundle,
      runDir: paths.bundle,
      stdio: memoryEvent === undefined ? streams : { ...streams, hold: { ...streams.hold, memoryEvent } },
    });
    stdio.spawned();
    const identity = await process.started;
    stdio.connect(await process.terminal, process.exited);
    // What came before was the runtime's own: it is logged nowhere.
    startOutput(engine, container, stdio);
    started(engine, container, { process, release: () => releaseRun(engine, record) }, identity, network);
  } catch (error) {
    await undo.run((problem) => engine.log("error", problem));
    await failed(engine, container, error);
    throw error;
  } finally {
    container.starting = false;
  }
}

async function mountRoot(engine: EngineContext, record: ContainerRecord, undo: Undo): Promise<string> {
  const rootfs = await engine.rootfs.mount(record);
  undo.add("unmount the root filesystem", () => engine.rootfs.unmount(record));
  return rootfs;
}

/** Both results. A failure of one waits for the other, which must not go on while everything is undone. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** The process is there: what is written now is what the next engine finds. */
function started(
  engine: EngineContext,
  container: Container,
  run: Run,
  identity: ProcessIdentity,
  network: JoinedNetwork,
): void {
  const { record } = container;
  record.state = {
    status: "running",
    exitCode: 0,
    error: "",
    oomKilled: false,
    startedAt: rfc3339Nano(nowNanoseconds()),
    finishedAt: record.state.finishedAt,
    initPid: identity.pid,
    startTicks: identity.startTicks,
    ...(network.recorded === undefined ? {} : { network: network.recorded }),
  };
  container.run = run;
  container.ready.resolve();
  engine.containers.save(container);
  if (network.recorded?.endpoints.bridge !== undefined) linkingHostsFollow(engine, container);
  emitMemberships(engine, record, "connect");
  emit(engine, container, "start");
  startHealthChecks(engine, container);
  supervise(engine, container, run, launch);
}

async function failed(engine: EngineContext, container: Container, error: unknown): Promise<void> {
  const { record } = container;
  const wasRestarting = record.state.status === "restarting";
  record.state.error = messageOf(error);
  record.state.exitCode = (error instanceof SlipwayError ? error.details.exitCode : undefined) ?? notStarted;
  record.state.status = wasRestarting ? "exited" : record.state.status;
  container.stdio = undefined;
  engine.containers.save(container);
  container.waiters.exited({ exitCode: record.state.exitCode, error: "" });
  if (record.hostConfig.AutoRemove) await removeStopped(engine, container, { volumes: true });
}
