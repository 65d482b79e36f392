import { open } from "node:fs/promises";

const pieceBytes = 1 << 18;
/** One is at its reader's while the next is filled. */
const memories = 2;

/**
 * A file's bytes from `offset` on. The memory of a piece is used again: it holds until the next but one is asked for.
 * Fresh memory for each costs the kernel several times what reading does.
 */
export async function* filePieces(path: string, offset = 0): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const pieces = Array.from({ length: memories }, () => new Uint8Array(pieceBytes));
  const file = await open(path);
  try {
    let at = offset;
    for (let index = 0; ; index++) {
      const piece = pieces[index % memories] as Uint8Array<ArrayBuffer>;
      const { bytesRead } = await file.read(piece, 0, pieceBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
