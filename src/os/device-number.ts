/** Device numbers as Linux has them (makedev(3)): 12 bits of major in the middle of a word, the rest of both above. */
export function makeDevice(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return ((high & ~0xfffn) << 32n) | ((high & 0xfffn) << 8n) | ((low & ~0xffn) << 12n) | (low & 0xffn);
}

export function majorOf(device: number | bigint): number {
  const number = BigInt(device);
  return Number(((number >> 32n) & ~0xfffn) | ((number >> 8n) & 0xfffn));
}

export function minorOf(device: number | bigint): number {
  const number = BigInt(device);
  return Number(((number >> 12n) & ~0xffn) | (number & 0xffn));
}
