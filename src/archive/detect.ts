/** So many bytes of a file tell whether it is an archive. */
export const headerSize = 512;

const magics = ["1f8b08", "425a68", "fd377a585a00", "28b52ffd"];

/** Whether a file's begin is that of a tar archive (pax, ustar, or what is older), or of what gzip, bzip2, xz or zstd write. */
export function isArchive(begin: Uint8Array): boolean {
  const start = Buffer.from(begin.buffer, begin.byteOffset, begin.byteLength);
  if (magics.some((magic) => start.subarray(0, magic.length / 2).toString("hex") === magic)) return true;
  if (start.length < headerSize) return false;
  if (start.toString("latin1", 257, 262) === "ustar") return true;
  // The sum of the header's bytes, its own place counted as blanks. (POSIX.1-2017, pax, "ustar Interchange Format")
  const said = Number.parseInt(start.toString("latin1", 148, 156), 8);
  let sum = 0;
  for (let at = 0; at < headerSize; at++) sum += at >= 148 && at < 156 ? 32 : (start[at] ?? 0);
  return said === sum;
}
