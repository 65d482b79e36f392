import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { fsPath, type TarHeader, type TarSink } from "../../archive/index.ts";
import { errnoOf, invalid } from "../../errors/index.ts";
import { setTimes, setTimesOf } from "../../os/times.ts";
import { cpath, setXattr } from "../../os/xattr.ts";
import { forMember, type Limits, relativePath, Tally, whiteoutOf } from "./member.ts";
import { makeNode } from "./node.ts";

export interface UnpackPolicy extends Limits {
  /** Directory that the names are relative to, within the root; `` for the root. */
  readonly directory: string;
  /** Turns whiteouts of an OCI layer into overlayfs's (image-spec, layer.md#whiteouts). */
  readonly whiteouts: boolean;
  /** A directory is not replaced by something else, nor something else by a directory. */
  readonly keepKinds?: boolean;
  /** What holds nothing but zeros becomes a hole. */
  readonly holes?: boolean;
  /** Owner of everything, instead of what the archive says. */
  readonly owner?: { uid: number; gid: number };
  /** Told of directories that the archive puts something into, and of those that it only implies. */
  readonly directories?: { changing(path: string): void; made(path: string): void };
}

const zeros = Buffer.alloc(64 << 10);

function isZero(chunk: Uint8Array): boolean {
  for (let at = 0; at < chunk.length; at += zeros.length) {
    const part = chunk.subarray(at, at + zeros.length);
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const setIdBits = 0o7000;
const setGroupBit = 0o2000;
const runsAsRoot = process.geteuid?.() === 0 && process.getegid?.() === 0;

/**
 * Unpacks an archive's members into the process's root directory, which must be the target's (see `enterRoot`).
 * All calls are synchronous: a child does nothing else, and for small files that is several times as fast.
 */
export class Unpacker implements TarSink {
  readonly #tally: Tally;
  #fd = -1;
  #path = "";
  #header: TarHeader | undefined;
  /** The directory of the last member, and whether what is made in it gets its group (inode(7), S_ISGID). */
  #parent: string | undefined;
  #givesGroup = false;
  /** Directories get their times last: making something in them changes these. */
  readonly #directoryTimes = new Map<string, bigint>();

  constructor(private readonly policy: UnpackPolicy) {
    this.#tally = new Tally(policy);
  }

  get size(): number {
    return this.#tally.size;
  }

  get entries(): number {
    return this.#tally.entries;
  }

  entry(header: TarHeader): void {
    this.#header = header;
    forMember(header, () => this.#entry(header));
  }

  data(chunk: Uint8Array, offset: number): void {
    if (this.#fd < 0 || (this.policy.holes && isZero(chunk))) return;
    forMember(this.#header, () => {
      for (let at = 0; at < chunk.length; )
        at += writeSync(this.#fd, chunk, at, chunk.length - at, offset + at);
    });
  }

  end(): void {
    if (this.#fd >= 0) forMember(this.#header, () => this.#finishFile(this.#header as TarHeader));
  }

  /** Sets the directories' times, and answers them. To be called after the last member. */
  finish(): ReadonlyMap<string, bigint> {
    for (const [path, mtime] of this.#directoryTimes) {
      try {
        setTimesOf(cpath(fsPath(path)), mtime);
      } catch (error) {
        // A later member of the archive took the directory's place.
        if (errnoOf(error) !== "ENOENT") throw error;
      }
    }
    return this.#directoryTimes;
  }

  #entry(header: TarHeader): void {
    this.#tally.count(header);
    const relative = relativePath(header.name, "name");
    const isRoot = relative === "";
    this.#path = isRoot ? this.policy.directory || "/" : `${this.policy.directory}/${relative}`;
    if (isRoot && header.type !== "directory") throw invalid("only a directory can be named like the root");
    this.#ensureParent(this.#path);
    if (this.policy.whiteouts && this.#whiteout(this.#path)) return;
    this.#create(header, this.#path);
  }

  /** Directories that the archive does not mention are root's with mode 0755, as Docker makes them. */
  #ensureParent(path: string): void {
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (parent === this.#parent) return;
    if (statOf(parent || "/") === undefined) this.#makeParents(parent);
    if (parent !== "") this.policy.directories?.changing(parent);
    this.#givesGroup = ((statOf(parent || "/")?.mode ?? 0) & setGroupBit) !== 0;
    this.#parent = parent;
  }

  #makeParents(path: string): void {
    const above = path.slice(0, path.lastIndexOf("/"));
    if (above !== "" && statOf(above) === undefined) this.#makeParents(above);
    this.policy.directories?.changing(above === "" ? "/" : above);
    mkdirSync(fsPath(path), 0o755);
    this.policy.directories?.made(path);
  }

  /** True when the member says that something of a lower layer is gone, which is now said in overlayfs's way. */
  #whiteout(path: string): boolean {
    const slash = path.lastIndexOf("/");
    const whiteout = whiteoutOf(path.slice(slash + 1));
    if (whiteout === undefined) return false;
    if (whiteout === "opaque") makeOpaque(path.slice(0, slash) || "/");
    else if (whiteout !== "ignored") {
      const hidden = `${path.slice(0, slash)}/${whiteout.hides}`;
      // What the layer itself brings is not hidden by its own whiteout.
      if (statOf(hidden) === undefined) makeNode(hidden, "char", 0, 0, 0);
    }
    return true;
  }

  #create(header: TarHeader, path: string): void {
    switch (header.type) {
      case "file":
        this.#fd = this.#replacing(path, () => openSync(fsPath(path), newFile, header.mode));
        return;
      case "directory":
        this.#makeDirectory(header, path);
        return;
      case "hardlink":
        this.#replacing(path, () => linkSync(fsPath(this.#linkTarget(header)), fsPath(path)));
        return;
      case "symlink":
        this.#replacing(path, () => symlinkSync(fsPath(header.linkName), fsPath(path)));
        break;
      default: {
        const { type, mode, devMajor, devMinor } = header;
        this.#replacing(path, () => makeNode(path, type, mode, devMajor, devMinor));
      }
    }
    this.#setAttributes(header, path);
    setTimesOf(cpath(fsPath(path)), header.mtime);
  }

  #linkTarget({ linkName }: TarHeader): string {
    return `${this.policy.directory}/${relativePath(linkName, "link")}`;
  }

  /** Makes something in the place of what may be there: most often nothing, so that is tried first. */
  #replacing<T>(path: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    const there = statOf(path);
    if (there?.isDirectory()) {
      if (this.policy.keepKinds) throw invalid(`cannot overwrite the directory ${path} with something else`);
      rmSync(fsPath(path), { recursive: true });
      this.#parent = undefined;
    } else if (there !== undefined) unlinkSync(fsPath(path));
    return make();
  }

  #makeDirectory(header: TarHeader, path: string): void {
    try {
      mkdirSync(fsPath(path), header.mode);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      const there = lstatSync(fsPath(path));
      if (!there.isDirectory()) this.#replaceByDirectory(header, path, there);
      // A copy's root names the directory it goes into, which stays as it is.
      else if (path === this.policy.directory && !this.policy.whiteouts) return;
    }
    this.#setAttributes(header, path);
    // Its mode may be another now.
    if (path === this.#parent) this.#parent = undefined;
    this.#directoryTimes.set(path, header.mtime);
  }

  #replaceByDirectory({ mode }: TarHeader, path: string, there: Stats): void {
    if (this.policy.keepKinds)
      throw invalid(`cannot overwrite ${path}, which is no directory, with a directory`);
    unlinkSync(fsPath(path));
    mkdirSync(fsPath(path), mode);
    // A whiteout that the same layer set before: the lower directory must stay hidden.
    if (this.policy.whiteouts && there.isCharacterDevice() && there.rdev === 0) makeOpaque(path);
  }

  #finishFile(header: TarHeader): void {
    const fd = this.#fd;
    this.#fd = -1;
    try {
      if (header.sparse !== undefined || this.policy.holes) ftruncateSync(fd, header.size);
      const { uid, gid } = this.policy.owner ?? header;
      // What root makes is root's: most files of most archives, and so a call less for each.
      if (!(runsAsRoot && uid === 0 && gid === 0 && !this.#givesGroup)) fchownSync(fd, uid, gid);
      // Changing the owner and writing clear these.
      if ((header.mode & setIdBits) !== 0) fchmodSync(fd, header.mode);
      if (header.xattrs.size > 0) this.#setXattrs(header, this.#path);
      setTimes(fd, header.mtime);
    } finally {
      closeSync(fd);
    }
  }

  #setAttributes(header: TarHeader, path: string): void {
    const { uid, gid } = this.policy.owner ?? header;
    lchownSync(fsPath(path), uid, gid);
    if (header.type !== "symlink") chmodSync(fsPath(path), header.mode);
    if (header.xattrs.size > 0) this.#setXattrs(header, path);
  }

  #setXattrs({ xattrs }: TarHeader, path: string): void {
    for (const [name, value] of xattrs) {
      // Overlayfs believes these: a layer could redirect a directory to anywhere.
      if (name.startsWith("trusted.overlay.")) continue;
      try {
        setXattr(fsPath(path), name, value);
      } catch (error) {
        // As Docker: a file system without a kind of attributes does not keep images from being used.
        if (errnoOf(error) !== "ENOTSUP" && errnoOf(error) !== "EOPNOTSUPP") throw error;
      }
    }
  }
}

function makeOpaque(path: string): void {
  setXattr(fsPath(path), "trusted.overlay.opaque", Buffer.from("y"));
}

function statOf(path: string): Stats | undefined {
  return lstatSync(fsPath(path), { throwIfNoEntry: false });
}
