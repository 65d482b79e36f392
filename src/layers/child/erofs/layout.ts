import { encodeName } from "../../../archive/index.ts";
import { directorySize, sortedNames } from "./directory.ts";
import { blockBits, blockSize, chunkIndexSize, inodeSize, maxChunkBlockBits, slotSize } from "./format.ts";
import type { Listing, Node } from "./node.ts";
import { xattrBytes } from "./xattrs.ts";

/** More than this does not follow an inode: it must not cross a block's end. */
const maxInline = blockSize - slotSize;

/** Where everything in an image is. */
export interface Layout {
  /** In the order of their places. */
  readonly nodes: readonly Node[];
  /** Blocks of the inodes, and of what follows them. */
  readonly inodeBlocks: number;
  readonly dataBlocks: number;
}

/** Gives every node that names lead to its place: those of a directory side by side, directories of one depth together. */
export function layOut(root: Node): Layout {
  // Programs take an inode numbered 0 for a deleted one.
  let end = slotSize;
  let dataBlocks = 0;
  const nodes: Node[] = [];
  const place = (node: Node, parent: Node) => {
    const { listing } = node;
    if (listing !== undefined) enterDirectory(node, listing, parent);
    const [head, tail] = [inodeSize + xattrBytes(node.xattrs), tailBytes(node)];
    node.inline = tail > 0 && tail <= maxInline;
    while (node.inline && ((end + head) % blockSize) + tail > blockSize) end += slotSize;
    node.nid = end / slotSize;
    if (hasDataBlocks(node)) {
      node.block = dataBlocks;
      dataBlocks += node.inline ? Math.floor(node.size / blockSize) : Math.ceil(node.size / blockSize);
    }
    end = align(align(end + head, chunkIndexSize) + (node.inline ? tail : chunkBytes(node)), slotSize);
    nodes.push(node);
  };
  place(root, root);
  for (const directory of nodes) {
    for (const name of directory.listing?.names ?? []) {
      const child = directory.children?.get(name);
      if (child !== undefined && child.nid === 0) place(child, directory);
    }
  }
  return { nodes, inodeBlocks: Math.ceil(end / blockSize), dataBlocks };
}

function enterDirectory(node: Node, listing: Listing, parent: Node): void {
  listing.parent = parent;
  listing.names = sortedNames(listing);
  node.size = directorySize(listing.names);
  node.links = 2;
  for (const child of listing.children.values()) if (child.type === "directory") node.links++;
}

/** Directories and symbolic links have their data in the image. */
function hasDataBlocks({ type }: Node): boolean {
  return type === "directory" || type === "symlink";
}

/** Bytes of the last block of data in the image. */
function tailBytes(node: Node): number {
  return hasDataBlocks(node) ? node.size % blockSize : 0;
}

/** The size of a file's chunks, as a power of two: all of it is one, unless it has holes. */
export function chunkBitsOf({ size, sparse }: Node): number {
  if (sparse !== undefined) return sparse.chunkBits;
  return Math.min(Math.max(blockBits, Math.ceil(Math.log2(size))), blockBits + maxChunkBlockBits);
}

export function chunkBytes(node: Node): number {
  if (node.type !== "file" || node.size === 0) return 0;
  return Math.ceil(node.size / 2 ** chunkBitsOf(node)) * chunkIndexSize;
}

export function symlinkTarget({ target }: Node): Buffer {
  return encodeName(target);
}

export function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
