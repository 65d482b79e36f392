import { closeSync, mkdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, invalid, notFound } from "../../../errors/index.ts";
import type { Mount } from "../../../oci/spec.ts";
import { openInRoot } from "../../../os/inroot.ts";
import type { Volumes } from "../../../volumes/index.ts";
import type { ContainerMount, ContainerRecord } from "../record.ts";
import { cleanDestination } from "./bind.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";

/** The record's mounts as the runtime is told them at start; each source exists afterwards. */
export function prepareMounts(record: ContainerRecord, volumes: Volumes): Mount[] {
  const taken = new Set(record.mounts.map((mount) => mount.point.Destination));
  const tmpfs = Object.entries(record.hostConfig.Tmpfs ?? {})
    .map(([path, options]) => ({
      destination: cleanDestination(path, path),
      options: parseTmpfsOptions(options),
    }))
    .filter(({ destination }) => !taken.has(destination))
    .map((mount) => ({ ...mount, type: "tmpfs", source: "tmpfs" }));
  return [...record.mounts.map((mount) => prepareMount(mount, volumes)), ...tmpfs];
}

function prepareMount(mount: ContainerMount, volumes: Volumes): Mount {
  const { Type, Destination } = mount.point;
  const { options } = mount;
  if (Type === "tmpfs") return { destination: Destination, type: "tmpfs", source: "tmpfs", options };
  const source = Type === "volume" ? volumeSource(mount, volumes) : bindSource(mount);
  return { destination: Destination, type: "bind", source, options };
}

function bindSource({ point, createSource }: ContainerMount): string {
  try {
    statSync(point.Source);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
    if (!createSource) {
      throw invalid(
        `invalid mount config for type "bind": bind source path does not exist: ${point.Source}`,
        { cause },
      );
    }
    mkdirSync(point.Source, { recursive: true });
  }
  return point.Source;
}

/** The volume is mounted already: see `mountVolumes`. */
function volumeSource({ point, subpath }: ContainerMount, volumes: Volumes): string {
  const name = point.Name ?? "";
  const root = volumes.path(name);
  return subpath === undefined ? root : inside(root, subpath, name);
}

/** The real path of a subpath, resolved within the volume: links inside it lead nowhere else. */
function inside(root: string, subpath: string, name: string): string {
  if (subpath.split("/").includes(".."))
    throw invalid(`subpath ${subpath} of volume ${name} must stay inside the volume`);
  const O_PATH = 0o10000000;
  let fd: number;
  try {
    fd = openInRoot(root, subpath, O_PATH);
  } catch (cause) {
    throw notFound(`cannot access path ${join(root, subpath)}: no such file or directory`, { cause });
  }
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}
