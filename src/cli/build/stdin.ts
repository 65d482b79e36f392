import { headerSize } from "../../archive/detect.ts";

/** The first bytes of a stream, and the stream as if nobody had looked. */
export async function readBegin(stream: AsyncIterable<Uint8Array>) {
  const pieces = stream[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  for (let length = 0; length < headerSize; ) {
    const next = await pieces.next();
    if (next.done) break;
    held.push(next.value);
    length += next.value.length;
  }
  const begin = Buffer.concat(held);
  async function* whole() {
    yield begin;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  }
  return { begin, whole: whole() };
}
