import { closeSync, constants, lstatSync, openSync, realpathSync } from "node:fs";
import { decodeName, encodeName, fsPath } from "../../../../archive/index.ts";
import { notFound } from "../../../../errors/index.ts";
import { atName, type DirectoryEntry, listAt, openBeneath } from "../../../../os/at.ts";
import { locateInRoot } from "../../../../os/inroot.ts";
import { IgnoreMatcher } from "../../../dockerfile/ignore/index.ts";

/** An input of a step, as its child sees it. */
export interface TreeRequest {
  /** Where it is. */
  readonly root: string;
  /** Patterns; what they exclude is not there. */
  readonly ignore: readonly string[];
  /** It belongs to somebody else: its files count as root's. */
  readonly foreign: boolean;
}

/** What a name in a tree is (DT_* of readdir(3)). */
export const kinds = { fifo: 1, char: 2, directory: 4, block: 6, file: 8, link: 10, socket: 12 } as const;

/**
 * A tree that files are taken from. Paths are relative to its root, without links on the way, `` for the root itself;
 * whatever happens in it meanwhile, nothing outside is ever opened.
 */
export class SourceTree implements Disposable {
  readonly foreign: boolean;
  /** Undefined where nothing is ignored. */
  readonly ignore: IgnoreMatcher | undefined;
  readonly #root: string;
  readonly #fd: number;

  constructor({ root, ignore, foreign }: TreeRequest) {
    this.#root = realpathSync(root);
    this.foreign = foreign;
    this.ignore = ignore.length === 0 ? undefined : new IgnoreMatcher(ignore);
    this.#fd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  /** Follows every link, the last one too, within the tree; undefined for what is not there. To be called before a chroot. */
  resolve(path: string): string | undefined {
    const { path: found, missing } = locateInRoot(this.#root, path);
    if (missing.length > 0) return undefined;
    const relative = found.slice(1);
    return this.#ignores(relative, this.isDirectory(relative)) ? undefined : relative;
  }

  /** To be called before a chroot. */
  isDirectory(relative: string): boolean {
    const stat = lstatSync(fsPath(`${this.#root}/${relative}`), { throwIfNoEntry: false });
    return stat?.isDirectory() ?? false;
  }

  open(relative: string, flags: number): number {
    return openBeneath(this.#fd, atName(bytesOf(relative === "" ? "." : relative)), flags);
  }

  /** Names in a directory, in the order of their bytes, without those that are ignored. */
  list(relative: string): { name: string; type: number }[] {
    const fd = this.open(relative, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      return this.listOpen(fd, relative).map((entry) => ({ name: nameOf(entry), type: entry.type }));
    } finally {
      closeSync(fd);
    }
  }

  /** The same of an open directory, whose path it must know where something is ignored. */
  listOpen(directory: number, relative: string): DirectoryEntry[] {
    const entries = listAt(directory);
    if (this.ignore === undefined) return entries;
    return entries.filter(
      (entry) => !this.#ignores(join(relative, nameOf(entry)), entry.type === kinds.directory),
    );
  }

  #ignores(relative: string, isDirectory: boolean): boolean {
    return this.ignore?.excludes(relative, isDirectory) ?? false;
  }

  /** For a path that a step needs and that is not there, with the rule that hides it, if one does. */
  missing(path: string): Error {
    const absolute = `/${path.replace(/^\/+/, "")}`;
    const rule = this.ignore?.rule(absolute.slice(1).replace(/\/+$/, ""));
    const hidden =
      rule !== undefined && !rule.exception && locateInRoot(this.#root, path).missing.length === 0;
    const why = hidden ? ` (the rule ${JSON.stringify(rule.pattern)} of .dockerignore excludes it)` : "";
    return notFound(`${JSON.stringify(absolute)}: not found${why}`);
  }
}

export const join = (directory: string, name: string): string =>
  directory === "" ? name : `${directory}/${name}`;

/** Names are bytes; see `decodeName`. */
export const nameOf = ({ name }: DirectoryEntry): string => decodeName(name.subarray(0, -1));
export const bytesOf = (name: string): Buffer => Buffer.from(encodeName(name));
