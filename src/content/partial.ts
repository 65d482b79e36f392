import { statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { type Digest, hexOf } from "../oci/digest.ts";
import type { Growth } from "./append.ts";

const prefix = "partial-";
const lifetime = 7 * 24 * 3_600_000;
const pieceBytes = 1 << 20;

/** The file of a blob that is being fetched, or whose fetch was interrupted. */
export function partialName(digest: Digest): string {
  return prefix + hexOf(digest);
}

/** Whether nobody will go on with a file of the ingest directory. */
export function isStale(path: string): boolean {
  return !basename(path).startsWith(prefix) || statSync(path).mtimeMs < Date.now() - lifetime;
}

/** Reads what an earlier attempt left, so that the next can go on behind it; nothing when that is more than all. */
export async function takeUp(
  file: FileHandle,
  path: string,
  expectedSize: number,
  signal: AbortSignal | undefined,
): Promise<Growth> {
  const growth: Growth = { path, size: 0, hasher: new Bun.CryptoHasher("sha256") };
  if ((await file.stat()).size > expectedSize) await file.truncate();
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, pieceBytes, growth.size);
    if (bytesRead === 0) return growth;
    growth.hasher.update(piece.subarray(0, bytesRead));
    growth.size += bytesRead;
  }
}
