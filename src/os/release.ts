/** Less is not worth it, and may be a part of memory that others use. */
const worthwhile = 1 << 14;

/**
 * Gives the memory of bytes back at once, where a view has all of it, instead of at some garbage collection: what comes next
 * gets memory that the kernel need not make. The bytes must not be used any more, not even their length.
 */
export function release(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength >= worthwhile && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer)
    buffer.transfer(0);
}
