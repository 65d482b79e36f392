/** Blocks are compressed by themselves, each a gzip member, which costs one part in a thousand and lets all cores work. */
export const blockBytes = 1 << 19;

/** As small as zlib's level 3 makes images, in half of the time. */
const level = 1;
const sampleBytes = 1 << 12;
const samples = 8;
/** What does not shrink to that share is noise: pictures, archives, what is compressed already. */
const worthwhile = 0.95;

/**
 * A gzip member (RFC 1952) of a block, without a name or a time that would differ from one run to the next. Members one
 * after the other are one file. Noise is stored, which is four times as fast as finding out everywhere that it is noise.
 */
export function gzipBlock(block: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return Bun.gzipSync(block, { library: "libdeflate", level: isNoise(block) ? 0 : level });
}

function isNoise(block: Uint8Array<ArrayBuffer>): boolean {
  if (block.length < samples * sampleBytes * 2) return false;
  const stride = Math.floor(block.length / samples);
  for (let index = 0; index < samples; index++) {
    const sample = block.subarray(index * stride, index * stride + sampleBytes);
    const { length } = Bun.deflateSync(sample, { library: "libdeflate", level });
    if (length < sampleBytes * worthwhile) return false;
  }
  return true;
}
