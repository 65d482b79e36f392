import { blockBits, blockSize, chunkIndexes, chunkIndexSize, inodeSize, layouts, noBlock } from "./format.ts";
import { align, chunkBitsOf, chunkBytes } from "./layout.ts";
import type { Node, NodeType } from "./node.ts";
import { encodeXattrs, xattrBytes, xattrCount } from "./xattrs.ts";

const extended = 1;
/** Number of the archive in the table of devices; 0 is the image. */
const archive = 1;

/** File types of a mode (inode(7)). */
const types: Readonly<Record<NodeType, number>> = {
  fifo: 0o010000,
  char: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
};

/** Most inodes fit; making a buffer for each takes longer than filling it. */
const scratch = Buffer.alloc(1024);

/**
 * An inode with its extended attributes and its table of chunks; the bytes are valid until the next call. `dataBlock`
 * is the first of the blocks behind the inodes.
 */
export function encodeInode(node: Node, dataBlock: number): Buffer {
  const attributes = xattrBytes(node.xattrs);
  const chunks = chunkBytes(node);
  const head = inodeSize + attributes;
  const bytes = zeros(chunks === 0 ? head : align(head, chunkIndexSize) + chunks);
  const layout = chunks > 0 ? layouts.chunks : node.inline ? layouts.inline : layouts.plain;
  bytes.writeUInt16LE(extended | (layout << 1), 0);
  bytes.writeUInt16LE(xattrCount(attributes), 2);
  bytes.writeUInt16LE(types[node.type] | node.mode, 4);
  writeInt64(bytes, node.size, 8);
  bytes.writeUInt32LE(whereabouts(node, dataBlock), 16);
  bytes.writeUInt32LE(node.nid, 20);
  bytes.writeUInt32LE(node.uid, 24);
  bytes.writeUInt32LE(node.gid, 28);
  writeInt64(bytes, node.seconds, 32);
  bytes.writeUInt32LE(node.nanoseconds, 40);
  bytes.writeUInt32LE(node.links, 44);
  if (node.xattrs !== undefined) bytes.set(encodeXattrs(node.xattrs), inodeSize);
  if (chunks > 0) encodeChunks(node, bytes.subarray(bytes.length - chunks));
  return bytes;
}

function zeros(length: number): Buffer {
  return length <= scratch.length ? scratch.subarray(0, length).fill(0) : Buffer.alloc(length);
}

/** A whole number up to 2^53 either way. */
function writeInt64(bytes: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 2 ** 32);
  bytes.writeUInt32LE(value - high * 2 ** 32, at);
  bytes.writeInt32LE(high, at + 4);
}

/** What an inode's one field for this means with its kind of file. */
function whereabouts(node: Node, dataBlock: number): number {
  if (node.type === "char" || node.type === "block") return node.device;
  if (node.type === "file" && node.size > 0) return chunkIndexes | (chunkBitsOf(node) - blockBits);
  return dataBlock + node.block;
}

function encodeChunks(node: Node, bytes: Buffer): void {
  const blocksPerChunk = 2 ** chunkBitsOf(node) / blockSize;
  for (let index = 0; index < bytes.length / chunkIndexSize; index++) {
    const at = index * chunkIndexSize;
    bytes.writeUInt16LE(node.sparse === undefined ? archive : 0, at + 2);
    bytes.writeUInt32LE(
      node.sparse === undefined
        ? node.block + index * blocksPerChunk
        : (node.sparse.blocks[index] ?? noBlock),
      at + 4,
    );
  }
}
