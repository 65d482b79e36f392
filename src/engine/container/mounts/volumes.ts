import { asSlipwayError, messageOf, SlipwayError } from "../../../errors/index.ts";
import type { EngineContext } from "../../context.ts";
import type { ContainerRecord } from "../record.ts";
import type { Undo } from "../undo.ts";

/**
 * Mounts the volumes of a run, each once. One that is gone is made again, as Docker does; each that stays unmounted
 * fails the start with its driver's words.
 */
export async function mountVolumes(
  engine: EngineContext,
  record: ContainerRecord,
  undo: Undo,
): Promise<void> {
  for (const point of volumePoints(record)) {
    const { Name: name = "", Driver: driver = "" } = point;
    if (engine.volumes.find(name) === undefined) await engine.volumes.create({ name, driver });
    undo.add(`unmount the volume ${name}`, () => engine.volumes.unmount(name, record.id));
    point.Source = await mounted(engine, name, record.id);
    noteUse(engine, name);
    tell(engine, "mount", record, name, point.Source);
  }
}

/** Fails with Docker's words around the driver's. */
async function mounted({ volumes }: EngineContext, name: string, user: string): Promise<string> {
  try {
    return await volumes.mount(name, user);
  } catch (cause) {
    const { kind, message } = asSlipwayError(cause);
    throw new SlipwayError(kind, `error while mounting volume '${volumes.path(name)}': ${message}`, {
      cause,
    });
  }
}

/** Ends what `mountVolumes` began. One volume that cannot be unmounted does not hold up the others. */
export async function unmountVolumes(engine: EngineContext, record: ContainerRecord): Promise<void> {
  for (const name of engine.volumes.mountedBy(record.id)) {
    await engine.background.attempt(`unmount the volume ${name}`, () =>
      engine.volumes.unmount(name, record.id),
    );
    noteUse(engine, name);
    tell(engine, "unmount", record, name);
  }
}

/** A disk that is too full for it is no reason to keep a container from its start. */
function noteUse({ volumes, log }: EngineContext, name: string): void {
  try {
    volumes.noteUse(name);
  } catch (error) {
    log("warn", `cannot note the use of volume ${name}: ${messageOf(error)}`);
  }
}

/** A container that an engine before this one started has its volumes mounted. */
export function adoptVolumes({ volumes }: EngineContext, record: ContainerRecord): void {
  for (const { Name: name = "", Source } of volumePoints(record)) {
    if (volumes.find(name) !== undefined) volumes.adopt(name, record.id, Source);
  }
}

const volumePoints = ({ mounts }: ContainerRecord) =>
  mounts.map(({ point }) => point).filter(({ Type }) => Type === "volume");

function tell(
  { events }: EngineContext,
  action: "mount" | "unmount",
  { id, mounts }: ContainerRecord,
  name: string,
  path?: string,
): void {
  const point = mounts.find((mount) => mount.point.Name === name)?.point;
  const place = path === undefined || point === undefined ? {} : { destination: point.Destination };
  const access = place.destination === undefined ? {} : { "read/write": String(point?.RW), propagation: "" };
  const attributes = { driver: point?.Driver ?? "local", container: id, ...place, ...access };
  events.publish({ type: "volume", action, id: name, attributes });
}
