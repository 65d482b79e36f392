import { rm } from "node:fs/promises";
import { conflict } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { killAndWait } from "./kill.ts";
import { unmountVolumes } from "./mounts/volumes.ts";
import { releaseSandbox } from "./network/leave.ts";
import { cancelRestart } from "./respawn.ts";
import { isRunning, statusWord } from "./status.ts";

export interface RemoveOptions {
  /** With its anonymous volumes. */
  volumes?: boolean;
  /** Kills it when it runs. */
  force?: boolean;
  /** Removes a link by name, not the container. */
  link?: boolean;
}

/** `rm`: forgets a container, durably, and deletes its files behind the answer. */
export async function removeContainer(
  engine: EngineContext,
  ref: string,
  options: RemoveOptions,
): Promise<void> {
  const container = engine.containers.find(ref);
  const { record } = container;
  if (options.link) throw conflict("Conflict, cannot remove the default link name of the container");
  if (record.removing) throw conflict(`removal of container ${ref} is already in progress`);
  if (isRunning(record) && !options.force) throw stillRunning(ref, container);
  record.removing = true;
  try {
    if (record.state.status === "restarting") await cancelRestart(engine, container);
    if (isRunning(record)) await killAndWait(engine, container);
    await container.mutex.run(async () => {
      if (isRunning(record)) throw stillRunning(ref, container);
      await removeStopped(engine, container, options);
    });
    // Containers that shared its network may have kept it alive.
    engine.background.run("release the network", () =>
      container.mutex.run(() => releaseSandbox(engine, container)),
    );
  } finally {
    record.removing = false;
  }
}

function stillRunning(ref: string, { record }: Container): Error {
  const reason =
    record.state.status === "paused"
      ? "container is paused and must be unpaused first"
      : `container is ${statusWord(record)}: stop the container before removing or force remove`;
  return conflict(`cannot remove container ${JSON.stringify(ref)}: ${reason}`);
}

/**
 * The container's mutex is held and nothing of it runs. When this resolves the container is gone for good and
 * its name is free; what it had on disk goes afterwards.
 */
export async function removeStopped(
  engine: EngineContext,
  container: Container,
  options: Pick<RemoveOptions, "volumes">,
): Promise<void> {
  if (container.deleted) return;
  container.deleted = true;
  const { record } = container;
  await unmountVolumes(engine, record);
  if (options.volumes) await removeAnonymousVolumes(engine, container);
  engine.containers.delete(container);
  emit(engine, container, "destroy");
  container.waiters.removed({ exitCode: record.state.exitCode, error: "" });
  engine.background.run(`delete the files of container ${record.id}`, () =>
    container.mutex.run(() => deleteFiles(engine, record.id)),
  );
}

/** Removed before the record: after a crash in between, the record still says that they are to go. */
async function removeAnonymousVolumes(engine: EngineContext, container: Container): Promise<void> {
  for (const { anonymous, point } of container.record.mounts) {
    const name = point.Name;
    if (!anonymous || name === undefined || engine.volumes.find(name) === undefined) continue;
    if (engine.containers.usersOfVolume(name).some((id) => id !== container.id)) continue;
    await engine.background.attempt(`remove the volume ${name}`, () => engine.volumes.remove(name));
  }
}

/** The snapshot, the log and the files for /etc. Idempotent. */
export async function deleteFiles(engine: EngineContext, id: string): Promise<void> {
  await engine.rootfs.remove(id);
  await rm(engine.paths.container(id).directory, { recursive: true, force: true });
}
