import {
  type BigIntStats,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
} from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import { type Located, locateInRoot } from "../../../os/inroot.ts";
import { setTimesOf } from "../../../os/times.ts";
import { cpath, getXattr, listXattrs } from "../../../os/xattr.ts";

/** A place in a root file system where something is to be mounted. */
export interface MountTarget {
  readonly destination: string;
  readonly isFile: boolean;
}

/** An existing directory, as it was before a stub was made in it. */
interface Parent {
  readonly path: string;
  readonly mtime: bigint;
  readonly looks: string;
}

/**
 * Makes what mounts need to lie on where the root file system has nothing, and takes it away afterwards, so that mounts
 * leave no trace in a layer: directories that stubs were made in keep their times, and go from the layer when nothing
 * else in them changed.
 */
export class MountStubs {
  /** Paths of what was made, parents first. */
  readonly #made: { path: string; isFile: boolean }[] = [];
  readonly #parents = new Map<string, Parent>();

  constructor(
    private readonly root: string,
    targets: readonly MountTarget[],
  ) {
    const places = targets.map(({ destination }) => destination);
    for (const target of targets) {
      // What lies in another mount is made there.
      if (places.some((place) => target.destination.startsWith(`${place}/`))) continue;
      this.#make(locateInRoot(root, target.destination), target.isFile);
    }
  }

  /** Takes the stubs out of the overlay's upper directory; nothing may be mounted on it any more. */
  remove(upper: string): void {
    for (const { path, isFile } of this.#made.reverse()) {
      const stat = ownStat(upper, path);
      if (stat === undefined) continue;
      // What the step put in its place is the step's.
      if (isFile ? !stat.isFile() || stat.size !== 0n : !stat.isDirectory()) continue;
      keepingTime(upper + dirname(path), () => (isFile ? unlinkSync : removeEmpty)(upper + path));
    }
    const deepestFirst = [...this.#parents.values()].sort((a, b) => b.path.length - a.path.length);
    for (const parent of deepestFirst) this.#dropUnchanged(upper, parent);
  }

  #make({ path, missing }: Located, isFile: boolean): void {
    const [first] = missing;
    if (first === undefined) return;
    this.#remember(dirname(first));
    for (const made of missing) {
      const isLast = made === path;
      if (isLast && isFile) closeSync(openSync(this.root + made, "wx", 0o644));
      else mkdirSync(this.root + made, 0o755);
      this.#made.push({ path: made, isFile: isLast && isFile });
    }
    const parent = this.#parents.get(dirname(first));
    if (parent !== undefined) setTimesOf(cpath(this.root + parent.path), parent.mtime);
  }

  /** Making something in a directory copies it and those above it up into the layer. */
  #remember(path: string): void {
    for (let at = path; at !== "/" && at !== "" && !this.#parents.has(at); at = dirname(at)) {
      const isStub = this.#made.some((made) => made.path === at);
      if (isStub) continue;
      const stat = lstatSync(this.root + at, { bigint: true });
      this.#parents.set(at, { path: at, mtime: stat.mtimeNs, looks: looksOf(this.root + at, stat) });
    }
  }

  #dropUnchanged(upper: string, { path, looks }: Parent): void {
    const stat = ownStat(upper, path);
    if (!stat?.isDirectory() || readdirSync(upper + path).length > 0) return;
    if (looksOf(upper + path, stat) !== looks) return;
    keepingTime(upper + dirname(path), () => rmdirSync(upper + path));
  }
}

/** Undefined where the path leads over anything but directories of the layer's own: a step may have put links there. */
function ownStat(upper: string, path: string): BigIntStats | undefined {
  const parts = path.split("/").slice(1);
  let at = upper;
  for (const [index, part] of parts.entries()) {
    at = `${at}/${part}`;
    const stat = lstatSync(at, { bigint: true, throwIfNoEntry: false });
    if (index === parts.length - 1) return stat;
    if (!stat?.isDirectory()) return undefined;
  }
  return undefined;
}

/** Whatever a layer would say of a directory. */
function looksOf(path: string, { mode, uid, gid, mtimeNs }: BigIntStats): string {
  // Among overlayfs's own is the mark that hides the directory below.
  const names = listXattrs(path).filter((name) => !isBookkeeping(name));
  const xattrs = names
    .sort()
    .map((name) => `${name}=${Buffer.from(getXattr(path, name)).toString("base64")}`);
  return [mode, uid, gid, mtimeNs, ...xattrs].join(" ");
}

const isBookkeeping = (name: string): boolean =>
  name.startsWith("trusted.overlay.") && name !== "trusted.overlay.opaque";

function keepingTime(directory: string, work: () => void): void {
  const { mtimeNs } = lstatSync(directory, { bigint: true });
  work();
  setTimesOf(cpath(directory), mtimeNs);
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOTEMPTY") throw error;
  }
}
