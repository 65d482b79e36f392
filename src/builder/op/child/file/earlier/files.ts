import { closeSync, constants } from "node:fs";
import { errnoOf } from "../../../../../errors/index.ts";
import { atName, FileStatus, linkAt, openAt, openBeneath } from "../../../../../os/at.ts";
import { copyContent } from "../../../../../os/copy-content.ts";
import { setTimes } from "../../../../../os/times.ts";
import { isSettled } from "../../source/settled.ts";
import { bytesOf } from "../../source/tree.ts";
import { type Looks, wearOpen } from "../looks.ts";
import type { CopyRecord } from "./record.ts";

const regular = 0o100000;
const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY;
const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;
const newFileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
/** Why a file may get no further name: too many, other file systems, none that has names to give. */
const unlinkable = ["EMLINK", "EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP"];

/** What the kernel says of a file that is another one, or says something else, once its content changed. */
export function originOf(status: FileStatus): string {
  return `${status.identity}:${status.size}:${status.modified}:${status.changed}`;
}

/** The same, if a change from now on would be seen in it. */
export function settledOrigin(status: FileStatus): string | undefined {
  const sure = [status.modified, status.changed].every((time) =>
    isSettled(Number(time / 1_000_000n), Number(time % 1_000_000_000n)),
  );
  return sure ? originOf(status) : undefined;
}

/** A place in what is made: a directory that is open, its path in this process's root, and a name in it with its NUL. */
export interface Spot {
  readonly directory: number;
  readonly parent: string;
  readonly name: Buffer;
  /** All of it in one. */
  readonly path: string;
}

/**
 * Files that an earlier copy has made already. Such a file is not copied: when all else is done, it gets a further name in the
 * new layer's directory. Layers are never written to again, and nothing is changed of a file that is taken: it is only
 * when its owner, mode and times are what they are to be.
 */
export class EarlierFiles implements Disposable {
  /** What is copied and taken, for the next copy. */
  readonly origins: Record<string, string> = Object.create(null);
  /** Bytes of what was copied and taken. */
  size = 0;
  readonly #there = new FileStatus();
  /** By path, what is to be linked: by directories, in the order in which it was found. */
  readonly #taken = new Map<string, Spot>();
  #open: { readonly path: string; readonly fd: number | undefined } | undefined;

  /** `layer` is an open directory, of the record's layer; it is closed with this. */
  constructor(
    private readonly record: CopyRecord | undefined,
    private readonly layer: number | undefined,
  ) {}

  [Symbol.dispose](): void {
    for (const fd of [this.#open?.fd, this.layer]) if (fd !== undefined) closeSync(fd);
  }

  /** Whether a source file is the one that was copied to a path. */
  knows(source: FileStatus, path: string): boolean {
    const origin = this.record?.origins[path];
    return origin !== undefined && source.links === 1 && origin === originOf(source);
  }

  get hasTaken(): boolean {
    return this.#taken.size > 0;
  }

  /** Whether such a file is had from the earlier layer as it is to look: it needs no copy. */
  take(source: FileStatus, looks: Looks, spot: Spot): boolean {
    const { path } = spot;
    const { size } = source;
    const from = this.#directory(spot.parent);
    const there = this.#there;
    if (from === undefined || !there.ofAny(from, spot.name) || !isAs(there, looks, size)) return false;
    // What stands in the way is the copier's to judge.
    if (there.ofAny(spot.directory, spot.name)) return false;
    this.#taken.set(path, spot);
    this.origins[path] = originOf(source);
    this.size += size;
    return true;
  }

  /** Of a file that was copied: what it was made of, if that is sure. */
  note(path: string, before: string | undefined, after: FileStatus): void {
    delete this.origins[path];
    if (before !== undefined && before === originOf(after)) this.origins[path] = before;
    this.size += after.size;
  }

  /** Something is to be made at a place: what is to be linked there is put there, to be found. */
  settle({ directory, name, path }: Spot): void {
    if (!this.#taken.delete(path)) return;
    delete this.origins[path];
    closeSync(openAt(directory, name, newFileFlags, 0o600));
  }

  /** A directory is removed with all that is in it. */
  forgetBelow(path: string): void {
    for (const taken of this.#taken.keys()) if (taken.startsWith(`${path}/`)) this.#taken.delete(taken);
  }

  /** Links what was taken, into the open directory that holds what changed. Answers the paths of what is linked. */
  link(upper: number): ReadonlySet<string> {
    const linked = new Set<string>();
    for (const [parent, spots] of Map.groupBy(this.#taken.values(), (spot) => spot.parent)) {
      const to = openBeneath(upper, relative(parent), directoryFlags);
      try {
        const { modified } = this.#there.ofOpen(to);
        const from = openBeneath(this.layer as number, relative(parent), directoryFlags);
        try {
          for (const { name, path } of spots) if (this.#link(from, to, name)) linked.add(path);
        } finally {
          closeSync(from);
        }
        setTimes(to, modified);
      } finally {
        closeSync(to);
      }
    }
    return linked;
  }

  /** False when it was copied instead. */
  #link(from: number, to: number, name: Buffer): boolean {
    try {
      linkAt(from, name, to, name);
      return true;
    } catch (error) {
      if (!unlinkable.includes(errnoOf(error) ?? "")) throw error;
    }
    const source = openAt(from, name, readFlags);
    try {
      const { uid, gid, mode, size, blocks, modified: time } = this.#there.ofOpen(source);
      const target = openAt(to, name, newFileFlags, 0o600);
      try {
        copyContent(source, target, { size, blocks });
        wearOpen({ uid, gid, mode: mode & 0o7777, chmod: true, time }, target, source);
      } finally {
        closeSync(target);
      }
    } finally {
      closeSync(source);
    }
    return false;
  }

  /** The earlier layer's own directory of a path; undefined when there is none. */
  #directory(path: string): number | undefined {
    if (this.#open?.path === path) return this.#open.fd;
    if (this.#open?.fd !== undefined) closeSync(this.#open.fd);
    const fd = this.layer === undefined ? undefined : openIfThere(this.layer, path);
    this.#open = { path, fd };
    return fd;
  }
}

function isAs(status: FileStatus, { uid, gid, mode, time }: Looks, size: number): boolean {
  return (
    status.mode === (regular | mode) &&
    status.uid === uid &&
    status.gid === gid &&
    status.size === size &&
    status.modified === time
  );
}

function openIfThere(root: number, path: string): number | undefined {
  try {
    return openBeneath(root, relative(path), directoryFlags);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

const relative = (path: string): Buffer => atName(bytesOf(path === "" ? "." : path.slice(1)));
