import { closeSync, constants, rmSync } from "node:fs";
import { fsPath } from "../../../../archive/index.ts";
import { errnoOf, invalid } from "../../../../errors/index.ts";
import {
  atName,
  FileStatus,
  linkAt,
  makeDirectoryAt,
  makeLinkAt,
  makeNodeAt,
  openAt,
  readLinkAt,
  removeAt,
} from "../../../../os/at.ts";
import { copyContent } from "../../../../os/copy-content.ts";
import { makeDevice } from "../../../../os/device-number.ts";
import type { IgnoreMatcher } from "../../../dockerfile/ignore/index.ts";
import { bytesOf, join, kinds, nameOf, type SourceTree } from "../source/tree.ts";
import { type EarlierFiles, type Spot, settledOrigin } from "./earlier/files.ts";
import { type Looks, type LooksRules, looksOf, wear, wearOpen } from "./looks.ts";

const format = 0o170000;
const formats = { directory: 0o040000, file: 0o100000, link: 0o120000, socket: 0o140000 };
const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;
const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY;
const newFileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const AT_FDCWD = -100;

export interface CopyRules extends LooksRules {
  readonly tree: SourceTree;
  readonly exclude?: IgnoreMatcher | undefined;
  /** What stands in the way goes, whatever it is. */
  readonly replace: boolean;
  /** Of what no source gives a time, nanoseconds since the epoch. */
  readonly time: bigint;
  /** Where files are taken from that a copy before this one has made. */
  readonly earlier?: EarlierFiles | undefined;
}

/** Two directories, one of them copied into the other. */
export interface Pair {
  /** Descriptors. */
  readonly from: number;
  readonly to: number;
  /** In the source's tree; in what is copied, for its exclusions; in this process's root. */
  readonly path: string;
  readonly below: string;
  readonly target: string;
}

export interface Depth {
  /** What a step names itself: a directory that is there already keeps its looks. */
  readonly isTop: boolean;
  /** With what is in a directory. */
  readonly deep: boolean;
}

const inner: Depth = { isTop: false, deep: true };

/**
 * Copies files of one tree with their times, permissions, attributes, links and holes. Names have a NUL at their end, as
 * the calls of openat(2)'s family take them. All of it is synchronous: a child does nothing else.
 */
export class Copier {
  readonly #status = new FileStatus();
  readonly #there = new FileStatus();
  /** Where the first of several names of a file went. */
  readonly #linked = new Map<string, string>();

  constructor(private readonly rules: CopyRules) {}

  /** A file or a tree as a name of a directory. The contents of a directory go into one that is there. */
  copy(pair: Pair, name: Buffer, as: Buffer, depth: Depth = inner): void {
    const kind = this.#status.ofName(pair.from, name).mode & format;
    if (kind === formats.directory) this.#directory(pair, name, as, depth);
    else if (kind === formats.file) this.#file(pair, name, as);
    else if (kind === formats.link) this.#link(pair, name, as);
    else if (kind !== formats.socket) this.#node(pair, as);
  }

  #directory(pair: Pair, name: Buffer, as: Buffer, { isTop, deep }: Depth): void {
    const looks = looksOf(this.#status, this.rules);
    const isNew = this.#makeDirectory(pair, as);
    using resources = new DisposableStack();
    const opened = (directory: number, entry: Buffer) =>
      resources.adopt(openAt(directory, entry, directoryFlags), closeSync);
    const [from, to] = [opened(pair.from, name), opened(pair.to, as)];
    const { tree, exclude } = this.rules;
    const [path, below] = isTop
      ? [pair.path, pair.below]
      : [
          tree.ignore === undefined ? "" : join(pair.path, text(name)),
          exclude === undefined ? "" : join(pair.below, text(name)),
        ];
    const target = text(as) === "." ? pair.target : `${pair.target}/${text(as)}`;
    if (deep) this.#contents({ from, to, path, below, target });
    if (isNew || !isTop) wearOpen(looks, to, from);
  }

  /** What is in one directory, put into the other. */
  #contents(pair: Pair): void {
    const { tree, exclude } = this.rules;
    for (const entry of tree.listOpen(pair.from, pair.path)) {
      const isDirectory = entry.type === kinds.directory;
      if (exclude?.excludes(join(pair.below, nameOf(entry)), isDirectory)) continue;
      this.copy(pair, entry.name, entry.name);
    }
  }

  #file(pair: Pair, name: Buffer, as: Buffer): void {
    const { earlier } = this.rules;
    const spot = spotOf(pair, as);
    const isKnown = earlier?.knows(this.#status, spot.path) ?? false;
    if (isKnown && earlier?.take(this.#status, looksOf(this.#status, this.rules), spot)) return;
    const from = openAt(pair.from, name, readFlags);
    try {
      const status = this.#status.ofOpen(from);
      const identity = status.links > 1 ? status.identity : undefined;
      const first = identity === undefined ? undefined : this.#linked.get(identity);
      if (first !== undefined) {
        this.#making(pair, as, () => linkAt(AT_FDCWD, atName(bytesOf(first)), pair.to, as));
        return;
      }
      if (identity !== undefined) this.#linked.set(identity, spot.path);
      const { size, blocks } = status;
      const origin = earlier === undefined || identity !== undefined ? undefined : settledOrigin(status);
      const looks = looksOf(status, this.rules);
      const to = this.#making(pair, as, () => openAt(pair.to, as, newFileFlags, looks.mode));
      try {
        copyContent(from, to, { size, blocks });
        wearOpen(looks, to, from);
        earlier?.note(spot.path, origin, status.ofOpen(from));
      } finally {
        closeSync(to);
      }
    } finally {
      closeSync(from);
    }
  }

  #link(pair: Pair, name: Buffer, as: Buffer): void {
    const looks = looksOf(this.#status, this.rules);
    const content = Buffer.concat([readLinkAt(pair.from, name), Buffer.alloc(1)]);
    this.#making(pair, as, () => makeLinkAt(content, pair.to, as));
    wear({ ...looks, chmod: false }, pair.to, as);
  }

  #node(pair: Pair, as: Buffer): void {
    const looks: Looks = looksOf(this.#status, this.rules);
    const { mode, device } = this.#status;
    const number = makeDevice(device.major, device.minor);
    this.#making(pair, as, () => makeNodeAt(pair.to, as, (mode & format) | looks.mode, number));
    wear(looks, pair.to, as);
  }

  /** False when it was there. */
  #makeDirectory(pair: Pair, as: Buffer): boolean {
    if (this.rules.earlier?.hasTaken) this.rules.earlier.settle(spotOf(pair, as));
    try {
      makeDirectoryAt(pair.to, as, 0o755);
      return true;
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    if ((this.#there.ofName(pair.to, as).mode & format) === formats.directory) return false;
    if (!this.rules.replace) throw invalid(`cannot copy to non-directory: ${pair.target}/${text(as)}`);
    removeAt(pair.to, as);
    makeDirectoryAt(pair.to, as, 0o755);
    return true;
  }

  /** Makes something in the place of what may be there: most often nothing, so that is tried first. */
  #making<T>(pair: Pair, as: Buffer, make: () => T): T {
    if (this.rules.earlier?.hasTaken) this.rules.earlier.settle(spotOf(pair, as));
    try {
      return make();
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    const isDirectory = (this.#there.ofName(pair.to, as).mode & format) === formats.directory;
    const path = `${pair.target}/${text(as)}`;
    if (isDirectory && !this.rules.replace) throw invalid(`cannot replace to directory ${path} with file`);
    if (isDirectory) {
      rmSync(fsPath(path), { recursive: true });
      this.rules.earlier?.forgetBelow(path);
    } else removeAt(pair.to, as);
    return make();
  }
}

const text = (name: Buffer): string => nameOf({ name, type: 0 });

const spotOf = ({ to, target }: Pair, name: Buffer): Spot => ({
  directory: to,
  parent: target,
  name,
  path: `${target}/${text(name)}`,
});
