import { invalid } from "../errors/index.ts";
import { decodeName } from "./name.ts";

/*
 * Fields of a 512-byte header block. Names of the fields and their places are POSIX.1-1988's (ustar); GNU tar
 * puts other things where ustar has the prefix.
 */

const zero = 0x30;

/** Octal digits between spaces and NULs, or a big-endian number with the top bit of the first byte set (GNU). */
export function readNumber(block: Uint8Array, at: number, length: number): number {
  const first = block[at] as number;
  if ((first & 0x80) !== 0) return readBase256(block, at, length);
  let value = 0;
  let digits = 0;
  for (let i = at; i < at + length; i++) {
    const byte = block[i] as number;
    if (byte >= zero && byte < zero + 8) {
      value = value * 8 + (byte - zero);
      digits++;
    } else if (byte === 0 && digits > 0) break;
    else if (byte !== 0x20 && byte !== 0) throw invalid("not a tar archive: a header holds no octal number");
    else if (byte === 0x20 && digits > 0) break;
  }
  return value;
}

function readBase256(block: Uint8Array, at: number, length: number): number {
  const negative = ((block[at] as number) & 0x40) !== 0;
  let value = negative ? -1n : 0n;
  for (let i = at; i < at + length; i++) {
    const byte = i === at ? (block[i] as number) & 0x3f : (block[i] as number);
    value =
      i === at ? (negative ? (value << 6n) | BigInt(byte) : BigInt(byte)) : (value << 8n) | BigInt(byte);
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw invalid("not a tar archive: a number is out of range");
  return number;
}

/** A text field up to its first NUL. */
export function readText(block: Uint8Array, at: number, length: number): string {
  let end = at;
  while (end < at + length && block[end] !== 0) end++;
  return end === at ? "" : decodeName(block.subarray(at, end));
}

/** The sum of all bytes with the checksum's own field as spaces. */
export function checksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i++) sum += block[i] as number;
  for (let i = 156; i < 512; i++) sum += block[i] as number;
  return sum;
}

/** The sum as some old programs computed it: of signed bytes. */
export function signedChecksum(block: Uint8Array): number {
  let high = 0;
  for (let i = 0; i < 512; i++) if ((i < 148 || i >= 156) && (block[i] as number) > 127) high++;
  return checksum(block) - 256 * high;
}

export function isZero(block: Uint8Array): boolean {
  for (let i = 0; i < 512; i++) if (block[i] !== 0) return false;
  return true;
}

/** Octal with a closing NUL, or base 256 where that is too short. */
export function writeNumber(block: Buffer, at: number, length: number, value: number): void {
  const digits = value < 0 ? "" : value.toString(8);
  if (value >= 0 && digits.length < length) {
    block.write(digits.padStart(length - 1, "0"), at, length - 1, "latin1");
    return;
  }
  let rest = BigInt(value);
  for (let i = at + length - 1; i >= at; i--) {
    block[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  block[at] = ((block[at] as number) & 0x7f) | 0x80;
}
