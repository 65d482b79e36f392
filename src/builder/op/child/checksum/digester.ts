import { type Pointer, ptr } from "bun:ffi";
import { closeSync, constants } from "node:fs";
import { decodeName } from "../../../../archive/index.ts";
import { atName, openAt, readLinkAt } from "../../../../os/at.ts";
import { check, directly, libc } from "../../../../os/libc.ts";
import type { IgnoreMatcher } from "../../../dockerfile/ignore/index.ts";
import { bytesOf, join, kinds, type SourceTree } from "../source/tree.ts";
import { hashFile } from "./file-hash.ts";
import type { HashIndex } from "./hash-index.ts";
import { Names } from "./names.ts";
import { Sink } from "./sink.ts";

const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;
const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY;
const format = 0o170000;
const formats = { directory: 0o040000, file: 0o100000, link: 0o120000, socket: 0o140000 };
/** Of a struct statx in words of 32 bits: owner, group, mode, device numbers of a node. */
const words = { uid: 5, gid: 6, mode: 7, major: 32, minor: 33 };
/** No name is of no bytes: it ends a directory. */
const end = new Uint8Array(0);

/** Where a directory lies: in the tree, and in what is taken for its exclusions. Empty where nobody looks at it. */
interface Where {
  readonly path: string;
  readonly below: string;
}

/**
 * A digest of names, kinds, permissions, owners, links and content, in the order of names. Directories begin and end in
 * what is hashed, and each part says its length: no two trees look the same in it.
 */
export class TreeDigester {
  readonly #sink = new Sink();
  readonly #statx = directly("statx");
  readonly #stat = new Uint32Array(64);
  readonly #statPointer = ptr(this.#stat);
  /** Memory for the names of one directory at each depth. */
  readonly #names: Names[] = [];
  readonly #isPlain: boolean;

  constructor(
    private readonly tree: SourceTree,
    private readonly exclude: IgnoreMatcher | undefined,
    private readonly index: HashIndex | undefined,
  ) {
    this.#isPlain = exclude === undefined && tree.ignore === undefined;
  }

  /** Something that belongs to the digest and is no file. */
  note(text: string): void {
    this.#sink.bytes(Buffer.from(text));
  }

  /** A file or a tree by its path, without its name; of a directory, if asked for, only its looks. */
  add(path: string, { deep = true } = {}): void {
    const slash = path.lastIndexOf("/");
    const parent = this.tree.open(path.slice(0, Math.max(0, slash)), directoryFlags);
    try {
      const name = atName(path === "" ? "." : bytesOf(path.slice(slash + 1)));
      this.#look(parent, ptr(name), path);
      const mode = (this.#stat[words.mode] as number) & 0xffff;
      // How a directory looks that somebody lends as a whole does not matter.
      if (path !== "" || !this.tree.foreign) this.#looks(mode);
      if ((mode & format) !== formats.directory) this.#content(parent, mode, () => name);
      else if (deep) this.#directory(parent, name, { path, below: "" }, 0);
    } finally {
      closeSync(parent);
    }
  }

  finish(): string {
    return this.#sink.finish();
  }

  #directory(parent: number, name: Buffer, where: Where, depth: number): void {
    const directory = openAt(parent, name, directoryFlags);
    try {
      this.#names[depth] ??= new Names();
      const names = this.#names[depth] as Names;
      names.read(directory);
      for (const start of names.starts) {
        const inside = this.#isPlain ? where : this.#inside(where, names, start);
        if (inside === undefined) continue;
        this.#look(directory, names.pointer(start), "a file");
        const mode = (this.#stat[words.mode] as number) & 0xffff;
        const kind = mode & format;
        if (kind === formats.socket) continue;
        this.#sink.bytes(names.bytes, start, names.length(start));
        this.#looks(mode);
        if (kind === formats.directory) this.#directory(directory, names.copy(start), inside, depth + 1);
        else this.#content(directory, mode, () => names.copy(start));
      }
      this.#sink.bytes(end);
    } finally {
      closeSync(directory);
    }
  }

  /** Undefined for what is ignored or excluded. */
  #inside({ path, below }: Where, names: Names, start: number): Where | undefined {
    const name = decodeName(names.bytes.subarray(start, start + names.length(start)));
    const isDirectory = names.type(start) === kinds.directory;
    const inside = { path: join(path, name), below: join(below, name) };
    if (this.tree.ignore?.excludes(inside.path, isDirectory)) return undefined;
    return this.exclude?.excludes(inside.below, isDirectory) ? undefined : inside;
  }

  #look(directory: number, name: Pointer, what: string): void {
    const [flags, mask, stat] = [AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, this.#statPointer];
    if (this.#statx(directory, name, flags, mask, stat) === 0) return;
    check(libc.statx(directory, name, flags, mask, stat), () => `look at ${what} of the build context`);
  }

  #looks(mode: number): void {
    const { foreign } = this.tree;
    this.#sink.number(mode);
    this.#sink.number(foreign ? 0 : (this.#stat[words.uid] as number));
    this.#sink.number(foreign ? 0 : (this.#stat[words.gid] as number));
  }

  #content(directory: number, mode: number, name: () => Buffer): void {
    const kind = mode & format;
    if (kind === formats.link) this.#sink.bytes(readLinkAt(directory, name()));
    else if (kind !== formats.file) {
      this.#sink.number(this.#stat[words.major] as number);
      this.#sink.number(this.#stat[words.minor] as number);
    } else {
      const at = this.index?.find(this.#stat) ?? -1;
      if (at >= 0) this.#sink.digest((this.index as HashIndex).words, at);
      else this.#sink.digest(hashFile(directory, name(), this.index), 0);
    }
  }
}
