import { dirname, join } from "node:path";
import { invalid } from "../../errors/index.ts";
import type { Container } from "../container/container.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../context.ts";
import { named } from "./labels.ts";
import { saying, tell } from "./reading.ts";
import { withVolumeName } from "./renamed-record.ts";

/**
 * Gives a local volume another name. Containers that use it, running ones too, go on with the same files and have the
 * new name in their records. What was nobody's by name is kept from now on as any that somebody named.
 *
 * The rename is decided by one commit, of the records and of the intent; the directory follows. An engine that is killed
 * in between leaves the intent, and the next one finishes it.
 */
export async function renameVolume(engine: EngineContext, name: string, to: string): Promise<void> {
  const { volumes } = engine;
  const { driver } = volumes.get(name);
  if (driver !== "local")
    throw invalid(`cannot rename volume ${name}: its name is the plugin's (${driver}) to give`);
  await saying(`rename ${name}`, () =>
    holdingUsers(engine, name, async (containers) => {
      const { labels } = volumes.get(name);
      const users = containers.map(({ id }) => id);
      await volumes.rename({ name, to, labels: named(labels) }, users, (rename) =>
        move(engine, containers, name, to, rename),
      );
    }),
  );
  tell(engine, "rename", to, { oldName: name });
}

/** Does something while no verb changes the containers that use a volume. In one order, so that nobody waits in a circle. */
async function holdingUsers(
  engine: EngineContext,
  volume: string,
  work: (containers: Container[]) => Promise<void>,
): Promise<void> {
  const users = () => engine.containers.usersOfVolume(volume).sort();
  const ids = users();
  const containers = ids.flatMap((id) => engine.containers.get(id) ?? []);
  const hold = async (left: Container[]): Promise<boolean> => {
    const [next, ...others] = left;
    if (next !== undefined) return await next.mutex.run(() => hold(others));
    // One was made or removed while we waited.
    if (!Bun.deepEquals(users(), ids)) return false;
    await work(containers);
    return true;
  };
  if (!(await hold(containers))) await holdingUsers(engine, volume, work);
}

/** Nothing else happens meanwhile: it waits for nothing. */
function move(
  { volumes, volumeRenames, containers: store }: EngineContext,
  containers: Container[],
  name: string,
  to: string,
  rename: () => void,
): void {
  const source = join(dirname(dirname(volumes.local.path(name))), to, "_data");
  const before = containers.map((container) => ({ container, ...part(container.record) }));
  const save = () => {
    for (const container of containers) store.save(container);
  };
  const takeBack = () => {
    for (const { container, mounts, hostConfig } of before)
      Object.assign(container.record, { mounts, hostConfig });
  };
  for (const { record } of containers) Object.assign(record, withVolumeName(record, name, to, source));
  try {
    volumeRenames.begin(name, to, save);
  } catch (error) {
    takeBack();
    throw error;
  }
  try {
    rename();
  } catch (error) {
    // Where the directory has the new name already, the rename is what happened.
    if (volumes.find(name) !== undefined) {
      takeBack();
      volumeRenames.end(name, save);
    }
    throw error;
  }
  volumeRenames.end(name);
}

const part = ({ mounts, hostConfig }: ContainerRecord) => ({ mounts, hostConfig });

/** At the engine's start: the renames that the last one had decided. */
export function finishRenames({ volumes, volumeRenames, log }: EngineContext): void {
  for (const { name, to } of volumeRenames.pending()) {
    const record = volumes.find(name);
    if (record !== undefined && volumes.find(to) === undefined) {
      log("info", `finish renaming the volume ${name} to ${to}`);
      volumes.local.rename(name, to, named(record.labels));
    }
    volumeRenames.end(name);
  }
}
