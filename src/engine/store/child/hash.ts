import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import { answer, sendEvent } from "../../../layers/child/protocol.ts";
import { type Digest, digestFromHex, isDigest } from "../../../oci/digest.ts";
import type { HashedBlobs, HashRequest } from "../check/hash.ts";

const pieceBytes = 1 << 18;
const tellEvery = 64 << 20;

/** The child of `hashBlobs`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async ({ directory }: HashRequest): Promise<HashedBlobs> => {
    const damaged: HashedBlobs["damaged"] = [];
    let blobs = 0;
    let bytes = 0;
    let told = 0;
    for (const name of readdirSync(directory).sort()) {
      const digest = `sha256:${name}`;
      if (!isDigest(digest)) continue;
      const found = hash(join(directory, name), (count) => {
        bytes += count;
      });
      // Deleted since it was listed.
      if (found === undefined) continue;
      blobs++;
      if (found !== digest) damaged.push({ digest, how: found });
      if (bytes - told < tellEvery) continue;
      told = bytes;
      sendEvent({ blobs, bytes });
    }
    return { blobs, bytes, damaged };
  });
}

/** The digest of a file's content, or in words why it cannot be read. */
function hash(path: string, onRead: (bytes: number) => void): Digest | string | undefined {
  const hasher = new Bun.CryptoHasher("sha256");
  const piece = Buffer.allocUnsafe(pieceBytes);
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    for (let count = readSync(file, piece); count > 0; count = readSync(file, piece)) {
      hasher.update(piece.subarray(0, count));
      onRead(count);
    }
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT") return undefined;
    return `it cannot be read (${errno ?? String(error)})`;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return digestFromHex(hasher.digest("hex"));
}
