import type { EntryType, TarHeader } from "../../../archive/index.ts";
import type { SparseContent } from "./sparse-content.ts";

export type NodeType = Exclude<EntryType, "hardlink">;

/** A file of whatever kind, to which one or more names lead. */
export class Node {
  size = 0;
  /** Names that lead to it; of a directory the names by which the kernel counts, once it is laid out. */
  links = 0;
  /** First block of its data: a file's in the archive, a directory's and a long symbolic link's in the image. */
  block = 0;
  /** A device's number, as makedev(3) of 32 bits has it. */
  device = 0;
  /** Where a symbolic link leads. */
  target = "";
  xattrs: Map<string, Uint8Array> | undefined;
  children: Map<string, Node> | undefined;
  sparse: SparseContent | undefined;

  /** Where its inode is, in units of 32 bytes; 0 as long as it has no place. */
  nid = 0;
  /** Whether the end of its data follows the inode. */
  inline = false;
  /** A directory's, when it has a place. */
  parent: Node | undefined;
  /** A directory's names with `.` and `..`, in the order of their bytes. */
  names: string[] | undefined;

  constructor(
    readonly type: NodeType,
    public mode: number,
    public uid: number,
    public gid: number,
    /** Nanoseconds since the epoch. */
    public mtime: bigint,
  ) {
    if (type === "directory") this.children = new Map();
  }

  static of(header: TarHeader, type: NodeType): Node {
    // Nobody asks for a symbolic link's permissions; file systems show all of them.
    const mode = type === "symlink" ? 0o777 : header.mode;
    return new Node(type, mode, header.uid, header.gid, header.mtime);
  }
}
