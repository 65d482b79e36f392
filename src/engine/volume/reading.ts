import { randomUUID } from "node:crypto";
import { asSlipwayError, invalid, SlipwayError } from "../../errors/index.ts";
import type { Volumes } from "../../volumes/index.ts";
import type { EngineContext } from "../context.ts";

/** Lends a volume's files, mounted, for the time of `work`; meanwhile it is neither removed nor renamed. */
export async function reading<T>(
  volumes: Volumes,
  name: string,
  signal: AbortSignal,
  work: (path: string) => Promise<T>,
): Promise<T> {
  await volumes.describe(name, signal);
  const user = `copy-${randomUUID()}`;
  const path = await volumes.mount(name, user, signal);
  try {
    return await work(path);
  } finally {
    await volumes.unmount(name, user);
  }
}

/** `invalid` for a volume whose files are not the engine's own. */
export function requireOwn(volumes: Volumes, name: string, what: string): void {
  if (volumes.isForeign(name))
    throw invalid(
      `cannot ${what} volume ${name}: its files are not the engine's own, but mounted or a plugin's`,
    );
}

/** Says what was to be done. */
export async function saying<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { kind, message, details } = asSlipwayError(cause);
    throw new SlipwayError(kind, `${what}: ${message}`, { ...details, cause });
  }
}

/** Tells the world what was done with a whole volume. */
export function tell(
  { events }: EngineContext,
  action: string,
  id: string,
  attributes: Record<string, string> = {},
): void {
  events.publish({ type: "volume", action, id, attributes: { driver: "local", ...attributes } });
}
