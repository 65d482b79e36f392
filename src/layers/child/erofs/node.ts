import type { EntryType, TarHeader } from "../../../archive/index.ts";
import type { SparseContent } from "./sparse-content.ts";

export type NodeType = Exclude<EntryType, "hardlink">;

/** What a directory has that other files have not. */
export interface Listing {
  readonly children: Map<string, Node>;
  /** Its names with `.` and `..`, in the order of their bytes, when it has a place. */
  names: string[];
  parent: Node | undefined;
}

const second = 1_000_000_000n;

/** A file of whatever kind, to which one or more names lead. There may be a million of them, so each is small. */
export class Node {
  size = 0;
  /** Names that lead to it; of a directory the names by which the kernel counts, once it is laid out. */
  links = 0;
  /** Where its inode is, in units of 32 bytes; 0 as long as it has no place. */
  nid = 0;
  /** Whether the end of its data follows the inode. */
  inline = false;
  /** First block of its data: a file's in the archive, a directory's and a long symbolic link's in the image. */
  block = 0;
  /** A directory's names, a symbolic link's target, a device's number as makedev(3) has it, a file's holes. */
  content: Listing | string | number | SparseContent | undefined;
  xattrs: Map<string, Uint8Array> | undefined;
  /** Since the epoch; nanoseconds are never negative. */
  seconds = 0;
  nanoseconds = 0;

  constructor(
    readonly type: NodeType,
    public mode: number,
    public uid: number,
    public gid: number,
  ) {
    this.content = type === "directory" ? { children: new Map(), names: [], parent: undefined } : undefined;
    this.xattrs = undefined;
  }

  /** With the owner, the permissions and the time that a member says. */
  static of(header: TarHeader, type: NodeType): Node {
    // Nobody asks for a symbolic link's permissions; file systems show all of them.
    const mode = type === "symlink" ? 0o777 : header.mode;
    const node = new Node(type, mode, header.uid, header.gid);
    node.modified(header.mtime);
    return node;
  }

  /** Sets the time of its modification, in nanoseconds since the epoch. */
  modified(mtime: bigint): void {
    this.nanoseconds = Number(((mtime % second) + second) % second);
    this.seconds = Number((mtime - BigInt(this.nanoseconds)) / second);
  }

  /** Undefined for what is no directory. */
  get listing(): Listing | undefined {
    return this.type === "directory" ? (this.content as Listing) : undefined;
  }

  get children(): Map<string, Node> | undefined {
    return this.listing?.children;
  }

  /** Where a symbolic link leads. */
  get target(): string {
    return this.type === "symlink" ? (this.content as string) : "";
  }

  /** Undefined for what is no file with holes. */
  get sparse(): SparseContent | undefined {
    return this.type === "file" ? (this.content as SparseContent | undefined) : undefined;
  }

  /** 0 for what is no device. */
  get device(): number {
    return this.type === "char" || this.type === "block" ? (this.content as number) : 0;
  }
}
