/*
 * The on-disk format of EROFS (Linux, Documentation/filesystems/erofs.rst and fs/erofs/erofs_fs.h): little-endian
 * structures. An image of ours has the superblock, the table of its one further device (a tar archive), data of files
 * with holes, inodes, and what directories and symbolic links have no room for in their inodes.
 */

/** A tar archive's, so that its files begin where blocks do. */
export const blockBits = 9;
export const blockSize = 1 << blockBits;
/** Inodes are numbered in units of so many bytes. */
export const slotSize = 32;
export const inodeSize = 64;
/** Of an inode's table of chunks. */
export const chunkIndexSize = 8;
/** In the place of a block's number: a hole. */
export const noBlock = 0xffffffff;
/** The first block behind superblock and table of devices. */
export const firstBlock = 3;

const superblockAt = 1024;
const deviceSlotSize = 128;
const magic = 0xe0f5e1e2;
const withChecksum = 0x1;
const withMtime = 0x2;
const withChunkedFiles = 0x4;
const withDeviceTable = 0x8;

/** How an inode says where its data is. */
export const layouts = { plain: 0, inline: 2, chunks: 4 } as const;
/** In an inode's chunk format: the table names devices, and is not one of blocks alone. */
export const chunkIndexes = 0x20;
/** A chunk may have so many blocks (as a power of two). */
export const maxChunkBlockBits = 31;

export interface Superblock {
  rootNid: number;
  inodes: number;
  /** Of the image. */
  blocks: number;
  /** Where inode 0 would be. */
  metadataBlock: number;
  uuid: Uint8Array;
  /** Of the archive. */
  deviceBlocks: number;
}

/** The image's first `firstBlock` blocks. */
export function encodeSuperblock(superblock: Superblock): Buffer {
  const image = Buffer.alloc(firstBlock * blockSize);
  const bytes = image.subarray(superblockAt);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(withChecksum | withMtime, 8);
  bytes.writeUInt8(blockBits, 12);
  bytes.writeUInt16LE(superblock.rootNid, 14);
  bytes.writeBigUInt64LE(BigInt(superblock.inodes), 16);
  bytes.writeUInt32LE(superblock.blocks, 36);
  bytes.writeUInt32LE(superblock.metadataBlock, 40);
  bytes.set(superblock.uuid, 48);
  bytes.writeUInt32LE(withChunkedFiles | withDeviceTable, 80);
  bytes.writeUInt16LE(1, 86);
  bytes.writeUInt16LE(superblockAt / deviceSlotSize + 1, 88);
  bytes.writeUInt32LE(superblock.deviceBlocks, deviceSlotSize + 64);
  bytes.writeUInt32LE(crc32c(bytes), 4);
  return image;
}

const polynomial = 0x82f63b78;
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? polynomial : 0);
  return value;
});

/** CRC-32C (Castagnoli), not inverted at the end, as the kernel's crc32c() computes it. */
function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 0xff] as number);
  return sum >>> 0;
}
