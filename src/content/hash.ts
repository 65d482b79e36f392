import { type Digest, digestFromHex } from "../oci/digest.ts";
import { filePieces } from "../os/file-pieces.ts";

/** A file's digest and size, read in pieces. */
export async function hashFile(path: string): Promise<{ digest: Digest; size: number }> {
  const hasher = new Bun.CryptoHasher("sha256");
  let size = 0;
  for await (const chunk of filePieces(path)) {
    hasher.update(chunk);
    size += chunk.length;
  }
  return { digest: digestFromHex(hasher.digest("hex")), size };
}
