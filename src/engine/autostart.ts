import { messageOf } from "../errors/index.ts";
import type { Container } from "./container/container.ts";
import { linkedNames } from "./container/network/links.ts";
import { lookUpContainer, sharedWith } from "./container/network/mode.ts";
import { type ContainerRecord, never } from "./container/record.ts";
import { removeStopped } from "./container/remove.ts";
import { scheduleRestart } from "./container/respawn.ts";
import { launch } from "./container/start.ts";
import type { EngineContext } from "./context.ts";

/** As long a container waits for others that it cannot start without; then it tries. */
const patience = 5000;

/**
 * Restart policies at the engine's start; containers that were to be removed at their end go now. One that shares
 * another's network, or links to it, comes after it.
 */
export async function startAccordingToPolicy(engine: EngineContext): Promise<void> {
  const containers = [...engine.containers];
  const started = new Map(containers.map((container) => [container, Promise.withResolvers<void>()]));
  await Promise.all(
    containers.map(async (container) => {
      try {
        await settled(neededBy(engine, container).map((other) => started.get(other)?.promise));
        await container.mutex.run(() => revive(engine, container));
      } finally {
        started.get(container)?.resolve();
      }
    }),
  );
}

/** The containers that must run before this one can. */
function neededBy({ containers }: EngineContext, { record }: Container): Container[] {
  const owner = sharedWith(record.hostConfig);
  const names = [...(owner === undefined ? [] : [owner]), ...linkedNames(record)];
  return names.flatMap((name) => lookUpContainer(containers, name) ?? []);
}

async function settled(promises: readonly (Promise<void> | undefined)[]): Promise<void> {
  if (promises.length === 0) return;
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, patience);
  await Promise.race([Promise.all(promises), late.promise]);
  clearTimeout(timer);
}

async function revive(engine: EngineContext, container: Container): Promise<void> {
  const { record } = container;
  if (container.run !== undefined || container.deleted) return;
  if (record.state.status === "restarting") {
    if (container.restart === undefined) scheduleRestart(engine, container, 0, launch);
    return;
  }
  if (record.hostConfig.AutoRemove && record.state.startedAt !== never) {
    await removeStopped(engine, container, { volumes: true });
    return;
  }
  if (record.state.status !== "exited" || !startsWithEngine(record)) return;
  await launch(engine, container).catch((error: unknown) => {
    engine.log("error", `cannot start container ${record.id}: ${messageOf(error)}`);
  });
}

/** `always` means also what the user stopped; Docker's documentation says so, and people rely on it. */
function startsWithEngine({ hostConfig, manuallyStopped, state, restartCount }: ContainerRecord): boolean {
  const { Name, MaximumRetryCount = 0 } = hostConfig.RestartPolicy ?? {};
  if (Name === "always") return true;
  if (Name === "unless-stopped") return !manuallyStopped;
  const left = MaximumRetryCount === 0 || restartCount < MaximumRetryCount;
  return Name === "on-failure" && state.exitCode !== 0 && left && !manuallyStopped;
}
