import { ptr } from "bun:ffi";
import { closeSync, constants } from "node:fs";
import { atName, type DirectoryEntry, openAt, readLinkAt } from "../../../../os/at.ts";
import { check, libc } from "../../../../os/libc.ts";
import type { IgnoreMatcher } from "../../../dockerfile/ignore/index.ts";
import { bytesOf, join, kinds, nameOf, type SourceTree } from "../source/tree.ts";
import { hashFile } from "./file-hash.ts";
import type { HashIndex } from "./hash-index.ts";

const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;
const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY;
const format = 0o170000;
const formats = { directory: 0o040000, file: 0o100000, link: 0o120000, socket: 0o140000 };
/** Of a struct statx in words of 32 bits: owner, group, mode, device numbers of a node. */
const words = { uid: 5, gid: 6, mode: 7, major: 32, minor: 33 };
const bufferBytes = 1 << 16;
/** No record has more bytes besides its name and link. */
const recordBytes = 64;

/**
 * A digest of names, kinds, permissions, owners, links and content, in the order of names. Directories begin and end in
 * what is hashed, and each part says its length: no two trees look the same in it.
 */
export class TreeDigester {
  readonly #hasher = new Bun.CryptoHasher("sha256");
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #used = 0;
  readonly #stat = new Uint32Array(64);
  readonly #statPointer = ptr(this.#stat);

  constructor(
    private readonly tree: SourceTree,
    private readonly exclude: IgnoreMatcher | undefined,
    private readonly index: HashIndex | undefined,
  ) {}

  /** Something that belongs to the digest and is no file. */
  note(text: string): void {
    this.#bytes(Buffer.from(text));
  }

  /** A file or a tree by its path, without its name; of a directory, if asked for, only its looks. */
  add(path: string, { deep = true } = {}): void {
    const slash = path.lastIndexOf("/");
    const parent = this.tree.open(path.slice(0, Math.max(0, slash)), directoryFlags);
    try {
      const name = atName(path === "" ? "." : bytesOf(path.slice(slash + 1)));
      this.#entry(parent, name, path, "", deep);
    } finally {
      closeSync(parent);
    }
  }

  finish(): string {
    this.#flush();
    return this.#hasher.digest("hex");
  }

  #entry(directory: number, name: Buffer, path: string, below: string, deep: boolean): void {
    const stat = this.#stat;
    const result = libc.statx(
      directory,
      ptr(name),
      AT_SYMLINK_NOFOLLOW,
      STATX_BASIC_STATS,
      this.#statPointer,
    );
    if (result !== 0) check(result, () => `look at ${path}`);
    const mode = (stat[words.mode] as number) & 0xffff;
    const kind = mode & format;
    if (kind === formats.socket) return;
    this.#looks(mode);
    if (kind === formats.file) this.#digest(hashFile(directory, name, stat, this.index));
    else if (kind === formats.link) this.#bytes(readLinkAt(directory, name));
    else if (kind !== formats.directory) {
      this.#number(stat[words.major] as number);
      this.#number(stat[words.minor] as number);
    } else if (deep) this.#directory(directory, name, path, below);
  }

  #directory(parent: number, name: Buffer, path: string, below: string): void {
    const directory = openAt(parent, name, directoryFlags);
    try {
      const { tree, exclude } = this;
      for (const entry of tree.listOpen(directory, path)) {
        const inside = exclude === undefined ? "" : join(below, nameOf(entry));
        if (exclude?.excludes(inside, entry.type === kinds.directory)) continue;
        this.#bytes(entry.name);
        this.#entry(directory, entry.name, this.#pathOf(path, entry), inside, true);
      }
      this.#bytes(end);
    } finally {
      closeSync(directory);
    }
  }

  /** Paths are made only where somebody looks at them. */
  #pathOf(path: string, entry: DirectoryEntry): string {
    return this.tree.ignore === undefined ? "" : join(path, nameOf(entry));
  }

  #looks(mode: number): void {
    const { foreign } = this.tree;
    this.#number(mode);
    this.#number(foreign ? 0 : (this.#stat[words.uid] as number));
    this.#number(foreign ? 0 : (this.#stat[words.gid] as number));
  }

  #number(value: number): void {
    this.#reserve(recordBytes);
    this.#buffer.writeUInt32LE(value, this.#used);
    this.#used += 4;
  }

  #digest(digest: Uint8Array): void {
    this.#reserve(recordBytes);
    this.#buffer.set(digest, this.#used);
    this.#used += digest.length;
  }

  #bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length + recordBytes);
    this.#number(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes > bufferBytes) this.#flush();
  }

  #flush(): void {
    this.#hasher.update(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}

/** No file is called so: names end with a NUL, and are longer. */
const end = Buffer.alloc(0);
