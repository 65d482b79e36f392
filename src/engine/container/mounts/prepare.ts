import { closeSync, mkdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf, invalid, notFound } from "../../../errors/index.ts";
import type { Mount } from "../../../oci/spec.ts";
import { exchanged, mountIdMapped } from "../../../os/idmap.ts";
import { openInRoot } from "../../../os/inroot.ts";
import type { Volumes } from "../../../volumes/index.ts";
import type { ContainerPaths } from "../../paths.ts";
import type { ContainerMount, ContainerRecord } from "../record.ts";
import type { RootFilesystems } from "../rootfs.ts";
import { resolveUser } from "../spec/user.ts";
import { cleanDestination } from "./bind.ts";
import { chownTree } from "./chown.ts";
import { mountCopyOnWrite } from "./overlay.ts";
import { checkPropagation } from "./propagation.ts";
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
  const { Type, Destination: destination, Name } = mount.point;
  const restrictions = Type === "volume" && Name !== undefined ? rooms.volumes.restrictions(Name) : [];
  const options = [...new Set([...mount.options, ...restrictions])];
  if (Type === "tmpfs") return { destination, type: "tmpfs", source: "tmpfs", options };
  const plain = await sourceOf(record, mount, at, rooms);
  checkPropagation(plain, options);
  const source = await changed(record, mount, at, plain, rooms);
  return { destination, type: "bind", source, options };
}

async function sourceOf(
  record: ContainerRecord,
  mount: ContainerMount,
  at: number,
  { volumes, rootfs, paths }: MountRooms,
): Promise<string> {
  const { point, subpath, image } = mount;
  if (point.Type === "bind") return bindSource(mount);
  if (image === undefined) {
    // The volume is mounted already: see `mountVolumes`.
    const name = point.Name ?? "";
    return inside(volumes.path(name), subpath, `volume ${name}`);
  }
  const target = join(paths.mounts, `${at}.image`);
  await rootfs.mountImage(record.id, at, image.chainId, target);
  return inside(target, subpath, `image ${image.id}`);
}

/** The source as the container is to see it: with other owners, with changes kept apart, given to its user. */
async function changed(
  record: ContainerRecord,
  { owner, overlay, chown, options }: ContainerMount,
  at: number,
  plain: string,
  { paths, root }: MountRooms,
): Promise<string> {
  let source = plain;
  if (owner !== undefined) {
    const { uid, gid } = statSync(source);
    const target = mountPoint(source, join(paths.mounts, `${at}.owners`));
    await mountIdMapped({
      source,
      target,
      recursive: options.includes("rbind"),
      uids: exchanged(uid, owner.uid ?? uid),
      gids: exchanged(gid, owner.gid ?? gid),
    });
    source = target;
  }
  if (overlay) {
    const target = mountPoint(source, join(paths.mounts, `${at}.overlay`));
    mountCopyOnWrite(source, paths.changes(at), target);
    source = target;
  }
  if (chown) {
    const user = resolveUser(root, record.config.User ?? "", []);
    await chownTree(source, overlay ? source : plain, user);
  }
  return source;
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

/** A directory or an empty file, as the source is one, to mount something on. */
function mountPoint(source: string, path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  if (statSync(source).isDirectory()) mkdirSync(path, { recursive: true });
  else writeFileSync(path, "");
  return path;
}

/** The real path of a subpath, resolved within its root: links inside it lead nowhere else. */
function inside(root: string, subpath: string | undefined, what: string): string {
  if (subpath === undefined) return root;
  if (subpath.split("/").includes("..")) throw invalid(`subpath ${subpath} of ${what} must stay inside it`);
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
