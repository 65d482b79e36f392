import { writeSync } from "node:fs";
import { encodeDirectory } from "./directory.ts";
import { blockSize, encodeSuperblock, slotSize } from "./format.ts";
import { encodeInode } from "./inode.ts";
import { layOut, symlinkTarget } from "./layout.ts";
import type { Node } from "./node.ts";
import { SequentialWriter } from "./sequential-writer.ts";

/**
 * Writes an image of the tree below `root` to a file that holds data of files with holes in front of `firstBlock`.
 * The files themselves are in an archive of so many bytes.
 */
export function writeImage(fd: number, root: Node, firstBlock: number, archiveBytes: number): void {
  const { nodes, inodeBlocks, dataBlocks } = layOut(root);
  const dataBlock = firstBlock + inodeBlocks;
  const writer = new SequentialWriter(fd, firstBlock * blockSize);
  for (const node of nodes) {
    writer.seek(firstBlock * blockSize + node.nid * slotSize);
    writer.write(encodeInode(node, dataBlock));
    if (node.inline) writer.write(dataOf(node).subarray(-(node.size % blockSize)));
  }
  for (const node of nodes) {
    if (node.type !== "directory" && node.type !== "symlink") continue;
    const whole = node.inline ? node.size - (node.size % blockSize) : node.size;
    if (whole === 0) continue;
    writer.seek((dataBlock + node.block) * blockSize);
    writer.write(dataOf(node).subarray(0, whole));
  }
  writer.seek((dataBlock + dataBlocks) * blockSize);
  writer.flush();
  const superblock = encodeSuperblock({
    rootNid: root.nid,
    inodes: nodes.length,
    blocks: dataBlock + dataBlocks,
    metadataBlock: firstBlock,
    uuid: crypto.getRandomValues(new Uint8Array(16)),
    deviceBlocks: Math.ceil(archiveBytes / blockSize),
  });
  writeSync(fd, superblock, 0, superblock.length, 0);
}

/** What a directory or a symbolic link holds. */
function dataOf(node: Node): Buffer {
  return node.type === "directory" ? encodeDirectory(node) : symlinkTarget(node);
}
