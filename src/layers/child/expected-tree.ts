import { posix, type TarHeader, type TarSink } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";

/** What must be in one place. Places that are names of one file share theirs. */
export interface ExpectedNode {
  /** Absent where the archive says nothing but that a directory must be there. */
  readonly header?: TarHeader;
  readonly kind: TarHeader["type"] | "whiteout";
  /** Hides what lower layers have in this directory. */
  opaque: boolean;
  /** SHA-256 of the content, when it was asked for. */
  hash?: string;
  /** The inode that the first of its names was found to have. */
  inode?: bigint;
}

const whiteoutPrefix = ".wh.";
const opaqueMarker = ".wh..wh..opq";
const metaPrefix = ".wh..wh.";
const maxLinks = 40;
const zeros = new Uint8Array(1 << 16);

/** The tree that `Unpacker` makes of an archive, by path; the root is the empty path. Later members win, as there. */
export class ExpectedTree implements TarSink {
  readonly nodes = new Map<string, ExpectedNode>([["", implicitDirectory()]]);
  #open: { node: ExpectedNode; hasher: Bun.CryptoHasher; position: number } | undefined;

  constructor(private readonly contents: boolean) {}

  entry(header: TarHeader): void {
    const path = this.#place(relative(header.name));
    if (this.#whiteout(path)) return;
    if (header.type === "hardlink") {
      const target = this.nodes.get(this.#place(relative(header.linkName)));
      if (target === undefined) throw invalid(`"${header.name}" is a link to what is not there`);
      this.#put(path, target);
      return;
    }
    const former = this.nodes.get(path);
    const hides = header.type === "directory" && (former?.opaque === true || former?.kind === "whiteout");
    const node: ExpectedNode = { header, kind: header.type, opaque: hides };
    if (header.type === "directory" && former?.kind === "directory") this.nodes.set(path, node);
    else this.#put(path, node);
    if (this.contents && header.type === "file")
      this.#open = { node, hasher: new Bun.CryptoHasher("sha256"), position: 0 };
  }

  data(chunk: Uint8Array, offset: number): void {
    if (this.#open === undefined) return;
    this.#fill(offset);
    this.#open.hasher.update(chunk);
    this.#open.position += chunk.length;
  }

  end(): void {
    if (this.#open === undefined) return;
    const { node, hasher } = this.#open;
    this.#fill(node.header?.size ?? 0);
    node.hash = hasher.digest("hex");
    this.#open = undefined;
  }

  /** What lies between the stretches of a sparse file. */
  #fill(until: number): void {
    const open = this.#open;
    if (open === undefined) return;
    for (; open.position < until; open.position += zeros.length)
      open.hasher.update(zeros.subarray(0, Math.min(zeros.length, until - open.position)));
    open.position = until;
  }

  #whiteout(path: string): boolean {
    const base = path.slice(path.lastIndexOf("/") + 1);
    if (!base.startsWith(whiteoutPrefix)) return false;
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (base === opaqueMarker) {
      const directory = this.nodes.get(parent);
      if (directory !== undefined) directory.opaque = true;
    } else if (!base.startsWith(metaPrefix)) {
      const hidden = joined(parent, base.slice(whiteoutPrefix.length));
      if (!this.nodes.has(hidden)) this.nodes.set(hidden, { kind: "whiteout", opaque: false });
    }
    return true;
  }

  /** Takes the place of what was there, with all that was in it. */
  #put(path: string, node: ExpectedNode): void {
    if (this.nodes.get(path)?.kind === "directory") {
      for (const other of this.nodes.keys()) if (other.startsWith(`${path}/`)) this.nodes.delete(other);
    }
    this.nodes.set(path, node);
  }

  /** Where a path leads when the links among its directories are followed; these are made when they are missing. */
  #place(path: string): string {
    let place = "";
    let links = 0;
    const left = path.split("/");
    while (left.length > 1) {
      const next = joined(place, left.shift() as string);
      const node = this.nodes.get(next);
      if (node?.kind === "symlink") {
        if (++links > maxLinks) throw invalid(`"${path}" leads through too many links`);
        const target = posix.resolve("/", place, node.header?.linkName ?? "");
        left.unshift(...target.split("/").filter((part) => part !== ""));
        place = "";
        continue;
      }
      if (node === undefined) this.nodes.set(next, implicitDirectory());
      place = next;
    }
    return joined(place, left[0] ?? "");
  }
}

function implicitDirectory(): ExpectedNode {
  return { kind: "directory", opaque: false };
}

function relative(name: string): string {
  const path = posix.normalize(name).replace(/^\/+|\/+$/g, "");
  return path === "." ? "" : path;
}

function joined(directory: string, name: string): string {
  return directory === "" ? name : name === "" ? directory : `${directory}/${name}`;
}
