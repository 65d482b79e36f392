import type * as api from "../../api/index.ts";
import type { EngineContext } from "../context.ts";

/** Places that the engine's own files are mounted on: where the image has none, starting the container made them. */
const mountPoints = new Set(["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"]);

/** `diff`: what the container changed of its image. */
export async function containerChanges(engine: EngineContext, ref: string): Promise<api.FilesystemChange[]> {
  return withoutMountPoints(await engine.files.changes(engine.containers.find(ref).id));
}

/** A directory that was changed by nothing else has not changed for the user either. */
export function withoutMountPoints(all: api.FilesystemChange[]): api.FilesystemChange[] {
  const changes = all.filter(({ Path, Kind }) => !(Kind === 1 && mountPoints.has(Path)));
  const lost = changes.length < all.length;
  const touched = changes.some(({ Path }) => Path.startsWith("/etc/"));
  return lost && !touched ? changes.filter(({ Path, Kind }) => Path !== "/etc" || Kind !== 0) : changes;
}
