import { encodeName } from "../../../archive/index.ts";
import { blockSize } from "./format.ts";
import type { Listing, Node, NodeType } from "./node.ts";

const entrySize = 12;
const isAscii = /^[\0-\x7f]*$/;

/** File types as directories name them (FT_REG_FILE …). */
const types: Readonly<Record<NodeType, number>> = {
  file: 1,
  directory: 2,
  char: 3,
  block: 4,
  fifo: 5,
  symlink: 7,
};

/** A directory's names with its own two, in the order that the kernel's binary search expects. */
export function sortedNames({ children }: Listing): string[] {
  const names = [".", "..", ...children.keys()];
  // For ASCII the order of characters is that of bytes.
  if (names.every((name) => isAscii.test(name))) return names.sort();
  return names
    .map((name) => ({ name, bytes: encodeName(name) }))
    .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
    .map(({ name }) => name);
}

/** How many bytes a directory has: all of its blocks but the last count whole. */
export function directorySize(names: readonly string[]): number {
  let size = 0;
  for (const { used, isLast } of blocksOf(names)) size += isLast ? used : blockSize;
  return size;
}

/** The directory's blocks: in each the entries, then the names. */
export function encodeDirectory(node: Node): Buffer {
  const bytes = Buffer.alloc(node.size);
  let start = 0;
  for (const { names } of blocksOf(node.listing?.names ?? [])) {
    let nameAt = names.length * entrySize;
    for (const [index, name] of names.entries()) {
      const entry = start + index * entrySize;
      const child = childOf(node, name);
      bytes.writeUInt32LE(child.nid, entry);
      bytes.writeUInt16LE(nameAt, entry + 8);
      bytes.writeUInt8(types[child.type], entry + 10);
      nameAt += writeName(bytes, name, start + nameAt);
    }
    start += blockSize;
  }
  return bytes;
}

function writeName(bytes: Buffer, name: string, at: number): number {
  if (name.isWellFormed()) return bytes.write(name, at);
  const encoded = encodeName(name);
  bytes.set(encoded, at);
  return encoded.length;
}

function childOf(node: Node, name: string): Node {
  if (name === ".") return node;
  if (name === "..") return node.listing?.parent ?? node;
  return node.children?.get(name) as Node;
}

/** Puts as many names into each block as it has room for. */
function* blocksOf(names: readonly string[]): Generator<{ names: string[]; used: number; isLast: boolean }> {
  let first = 0;
  let used = 0;
  for (let index = 0; index < names.length; index++) {
    const bytes = entrySize + byteLength(names[index] as string);
    if (used + bytes > blockSize) {
      yield { names: names.slice(first, index), used, isLast: false };
      first = index;
      used = 0;
    }
    used += bytes;
  }
  yield { names: names.slice(first), used, isLast: true };
}

function byteLength(name: string): number {
  return name.isWellFormed() ? Buffer.byteLength(name) : encodeName(name).length;
}
