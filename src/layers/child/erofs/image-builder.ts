import type { TarHeader, TarSink } from "../../../archive/index.ts";
import { encodeName } from "../../../archive/index.ts";
import { invalid } from "../../../errors/index.ts";
import { makeDevice } from "../../../os/device-number.ts";
import { forMember, type Limits, relativePath, Tally, whiteoutOf } from "../member.ts";
import { FileTree } from "./file-tree.ts";
import { blockSize, noBlock } from "./format.ts";
import { Node } from "./node.ts";
import { type DataArea, SparseContent } from "./sparse-content.ts";
import { checkXattr, isKept } from "./xattrs.ts";

/** NAME_MAX and PATH_MAX, the closing NUL included (limits.h): no file system takes longer ones. */
const maxNameBytes = 255;
const maxPathBytes = 4095;
const maxId = 0xffffffff;
/** All of them are in memory until the image is written, which takes about 1 KiB each. */
const maxMembers = 1_000_000;
const opaque = "trusted.overlay.opaque";

export interface ImagePolicy extends Limits {
  /** Turns whiteouts of an OCI layer into overlayfs's. */
  readonly whiteouts: boolean;
}

/** Collects an archive's members as the tree that `Unpacker` would make of them, without touching a file system. */
export class ImageBuilder implements TarSink {
  readonly #tally: Tally;
  readonly #now = BigInt(Date.now()) * 1_000_000n;
  readonly #tree = new FileTree(this.#now);
  #header: TarHeader | undefined;
  #sparse: SparseContent | undefined;

  /** The data of files with holes goes to `area`. */
  constructor(
    private readonly policy: ImagePolicy,
    private readonly area: DataArea,
  ) {
    this.#tally = new Tally(policy);
  }

  get root(): Node {
    return this.#tree.root;
  }

  get size(): number {
    return this.#tally.size;
  }

  get entries(): number {
    return this.#tally.entries;
  }

  entry(header: TarHeader, position: number): void {
    this.#header = header;
    this.#sparse = undefined;
    forMember(header, () => this.#entry(header, position));
  }

  data(chunk: Uint8Array, offset: number): void {
    const { area } = this;
    const sparse = this.#sparse;
    if (sparse !== undefined) forMember(this.#header, () => area.write(sparse, chunk, offset));
  }

  end(): void {}

  #entry(header: TarHeader, position: number): void {
    this.#tally.count(header);
    if (this.entries > maxMembers)
      throw invalid(
        `a layer of more than ${maxMembers} files must be unpacked: set --storage-driver overlay2`,
      );
    const path = checkedPath(relativePath(header.name, "name"));
    if (path === "") {
      this.#describeRoot(header);
      return;
    }
    const slash = path.lastIndexOf("/");
    const [directory, name] = [
      this.#tree.ensureDirectory(path.slice(0, Math.max(slash, 0))),
      path.slice(slash + 1),
    ];
    if (this.policy.whiteouts && this.#whiteout(directory, name)) return;
    if (header.type === "directory") this.#directory(directory, name, header);
    else if (header.type === "hardlink") this.#hardLink(directory, name, header);
    else this.#tree.put(directory, name, this.#node(header, header.type, position));
  }

  #describeRoot(header: TarHeader): void {
    if (header.type !== "directory") throw invalid("only a directory can be named like the root");
    describe(this.root, header);
  }

  #whiteout(directory: Node, name: string): boolean {
    const whiteout = whiteoutOf(name);
    if (whiteout === undefined) return false;
    if (whiteout === "opaque") setXattr(directory, opaque, Buffer.from("y"));
    // What the layer itself brings is not hidden by its own whiteout.
    else if (whiteout !== "ignored" && directory.children?.has(whiteout.hides) === false)
      this.#tree.put(directory, whiteout.hides, this.#hidden());
    return true;
  }

  /** Overlayfs's mark for what lower layers have and this one has not. */
  #hidden(): Node {
    const node = new Node("char", 0, 0, 0);
    node.content = 0;
    node.modified(this.#now);
    return node;
  }

  #directory(directory: Node, name: string, header: TarHeader): void {
    const there = directory.children?.get(name);
    if (there?.type === "directory") {
      describe(there, header);
      return;
    }
    const made = Node.of(header, "directory");
    describe(made, header);
    // A whiteout that the same layer set before: the lower directory must stay hidden.
    if (this.policy.whiteouts && there?.type === "char" && there.device === 0)
      setXattr(made, opaque, Buffer.from("y"));
    this.#tree.put(directory, name, made);
  }

  #hardLink(directory: Node, name: string, { linkName }: TarHeader): void {
    const linked = this.#tree.find(checkedPath(relativePath(linkName, "link")));
    if (linked === undefined) throw invalid(`it is a link to "${linkName}", which is not there`);
    if (linked.type === "directory") throw invalid(`it is a link to "${linkName}", a directory`);
    this.#tree.put(directory, name, linked);
  }

  #node(
    header: TarHeader,
    type: Exclude<TarHeader["type"], "hardlink" | "directory">,
    position: number,
  ): Node {
    const node = Node.of(header, type);
    describe(node, header);
    if (type === "file") this.#locate(node, header, position);
    else if (type === "symlink") {
      node.content = header.linkName;
      node.size = encodeName(header.linkName).length;
      if (node.size === 0 || node.size > maxPathBytes)
        throw invalid("the link's target is empty or too long");
    } else if (type !== "fifo") node.content = Number(makeDevice(header.devMajor, header.devMinor)) >>> 0;
    return node;
  }

  #locate(node: Node, { size, sparse }: TarHeader, position: number): void {
    node.size = size;
    node.block = position / blockSize;
    if (node.block >= noBlock) throw invalid("the archive is too long to be used as it is");
    if (sparse === undefined || size === 0) return;
    this.#sparse = new SparseContent(size);
    node.content = this.#sparse;
  }
}

/** Gives a node what a member says of owner, mode, time and attributes; other attributes stay. */
function describe(node: Node, { mode, uid, gid, mtime, xattrs, type }: TarHeader): void {
  if (![uid, gid].every((id) => id >= 0 && id <= maxId))
    throw invalid(`its owner ${uid}:${gid} is impossible`);
  if (type !== "symlink") node.mode = mode;
  node.uid = uid;
  node.gid = gid;
  node.modified(mtime);
  for (const [name, value] of xattrs) {
    // Overlayfs believes these: a layer could redirect a directory to anywhere.
    if (!name.startsWith("trusted.overlay.") && isKept(name)) setXattr(node, name, value);
  }
}

function setXattr(node: Node, name: string, value: Uint8Array): void {
  checkXattr(name, value);
  node.xattrs ??= new Map();
  node.xattrs.set(name, value);
}

function checkedPath(path: string): string {
  const isShort = path.length * 3 <= maxNameBytes;
  if (isShort) return path;
  if (encodeName(path).length > maxPathBytes) throw invalid("its path is too long");
  if (path.split("/").some((part) => encodeName(part).length > maxNameBytes))
    throw invalid("its name is too long");
  return path;
}
