import { join } from "node:path";
import { invalid } from "../../../errors/index.ts";
import type { Mount } from "../../../oci/spec.ts";
import type { Volumes } from "../../../volumes/index.ts";
import type { ContainerPaths } from "../../paths.ts";
import type { ContainerMount, ContainerRecord } from "../record.ts";
import type { RootFilesystems } from "../rootfs.ts";
import { resolveUser } from "../spec/user.ts";
import { cleanDestination } from "./bind.ts";
import { bindableSource } from "./source.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";

/** What the mounts of a run are made from. */
export interface MountRooms {
  volumes: Volumes;
  rootfs: Pick<RootFilesystems, "mountImage">;
  paths: ContainerPaths;
  /** Where the container's root filesystem is mounted: it says who the container's user is. */
  root: string;
}

/**
 * The record's mounts as the runtime is told them at start; each source exists afterwards. What has to be mounted on
 * the host for it lies in the bundle, and goes with it: see `RootFilesystems.deleteBundle`.
 */
export async function prepareMounts(record: ContainerRecord, rooms: MountRooms): Promise<Mount[]> {
  const taken = new Set(record.mounts.map((mount) => mount.point.Destination));
  const tmpfs = Object.entries(record.hostConfig.Tmpfs ?? {})
    .map(([path, options]) => ({
      destination: cleanDestination(path, path),
      options: parseTmpfsOptions(options),
    }))
    .filter(({ destination }) => !taken.has(destination))
    .map((mount) => ({ ...mount, type: "tmpfs", source: "tmpfs" }));
  const prepared: Mount[] = [];
  // One after the other: a mount may lie in another's source.
  for (const [at, mount] of record.mounts.entries())
    prepared.push(await prepareMount(record, mount, at, rooms));
  return [...prepared, ...tmpfs];
}

async function prepareMount(
  record: ContainerRecord,
  mount: ContainerMount,
  at: number,
  rooms: MountRooms,
): Promise<Mount> {
  const { point, subpath, createSource = false, owner, overlay, chown } = mount;
  const { Type, Destination: destination, Name } = point;
  const { volumes, paths, root } = rooms;
  const restrictions = Type === "volume" && Name !== undefined ? volumes.restrictions(Name) : [];
  const options = [...new Set([...mount.options, ...restrictions])];
  if (Type === "tmpfs") return { destination, type: "tmpfs", source: "tmpfs", options };
  const { path, what } = await originOf(record, mount, at, rooms);
  if (subpath?.split("/").includes("..")) throw invalid(`subpath ${subpath} of ${what} must stay inside it`);
  const source = await bindableSource({
    path,
    what,
    options,
    createSource: createSource && Type === "bind",
    places: join(paths.mounts, String(at)),
    ...(subpath === undefined ? {} : { subpath }),
    ...(owner === undefined ? {} : { owner }),
    ...(overlay ? { changes: paths.changes(at) } : {}),
    ...(chown ? { user: resolveUser(root, record.config.User ?? "", []) } : {}),
  });
  return { destination, type: "bind", source, options };
}

async function originOf(
  { id }: ContainerRecord,
  { point, image }: ContainerMount,
  at: number,
  { volumes, rootfs, paths }: MountRooms,
): Promise<{ path: string; what: string }> {
  if (point.Type === "bind") return { path: point.Source, what: "the source of a bind mount" };
  // The volume is mounted already: see `mountVolumes`.
  if (image === undefined) return { path: volumes.path(point.Name ?? ""), what: `volume ${point.Name}` };
  const target = join(paths.mounts, `${at}.image`);
  await rootfs.mountImage(id, at, image.chainId, target);
  return { path: target, what: `image ${image.id}` };
}
