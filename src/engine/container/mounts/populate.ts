import { randomUUID } from "node:crypto";
import { closeSync, constants, fstatSync, renameSync } from "node:fs";
import { errnoOf } from "../../../errors/index.ts";
import { openInRoot } from "../../../os/inroot.ts";
import { copyNew, type Volumes } from "../../../volumes/index.ts";
import type { ContainerMount } from "../record.ts";
import { fillForeign } from "./populate-foreign.ts";

/** Whether creating a container needs its root filesystem at once: a volume waits to be filled from it. */
export function needsPopulation(mounts: readonly ContainerMount[], volumes: Volumes): boolean {
  return mounts.some((mount) => wantsFilling(mount, volumes));
}

const wantsFilling = ({ copyUp, point }: ContainerMount, volumes: Volumes): boolean =>
  copyUp === true &&
  point.Name !== undefined &&
  (volumes.isForeign(point.Name) || volumes.local.isEmpty(point.Name));

/**
 * Fills empty volumes with what the image has at their place: owners, modes, links and extended attributes
 * included. A volume is filled beside its place and renamed into it, so it is empty or complete whatever happens.
 */
export async function populateVolumes(
  mounts: readonly ContainerMount[],
  rootfs: string,
  volumes: Volumes,
  signal?: AbortSignal,
): Promise<void> {
  for (const mount of mounts) {
    if (!wantsFilling(mount, volumes)) continue;
    const source = openDirectory(rootfs, mount.point.Destination);
    if (source === undefined) continue;
    try {
      const name = mount.point.Name ?? "";
      if (!volumes.isForeign(name)) await fill(source, name, volumes, signal);
      else await fillForeign(`/proc/${process.pid}/fd/${source}`, name, `filling ${randomUUID()}`, volumes);
    } finally {
      closeSync(source);
    }
  }
}

function openDirectory(rootfs: string, path: string): number | undefined {
  try {
    const fd = openInRoot(rootfs, path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isDirectory()) return fd;
    closeSync(fd);
    return undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

async function fill(source: number, name: string, volumes: Volumes, signal?: AbortSignal): Promise<void> {
  const staging = volumes.local.stagingPath(name);
  // The source is named by our descriptor: the image cannot lead the path elsewhere.
  const from = `/proc/${process.pid}/fd/${source}`;
  try {
    await copyNew(from, staging, `cannot fill the volume ${name} from the image`, signal);
  } catch (error) {
    await Bun.spawn(["rm", "-rf", "--", staging]).exited;
    throw error;
  }
  renameSync(staging, volumes.path(name));
}
