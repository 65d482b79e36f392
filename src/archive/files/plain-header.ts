import { endOfArchive } from "../encoder.ts";

/** What is in the header of a plain file or a directory without anything unusual. */
export interface PlainMember {
  readonly isDirectory: boolean;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

const block = 512;
/** Most bytes that `writePlainHeader` writes. */
export const plainHeaderBytes = 3 * block;
const nameLength = 100;
const maxId = 0o7777777;
const maxSize = 0o77777777777;

/** `"30 mtime=SSSSSSSSSS.NNNNNNNNN\n"`: of one length, so that the block in front of it is always the same. */
const timeRecordLength = 30;
const timeHeader = Buffer.from(endOfArchive.subarray(0, block));
timeHeader.write("PaxHeaders.0/mtime", 0, "latin1");
for (const at of [100, 108, 116]) timeHeader.write("0000000", at, "latin1");
timeHeader.write(timeRecordLength.toString(8).padStart(11, "0"), 124, "latin1");
timeHeader.write("00000000000", 136, "latin1");
timeHeader.write("x", 156, "latin1");
timeHeader.write("ustar\x0000", 257, "latin1");
seal(timeHeader, 0);

/**
 * Writes the blocks before a member's data in place and answers how many bytes these are: for many small files that
 * is several times as fast as `encodeHeader`. 0 when the member takes more than a plain header, and is then left to
 * that. `name` is ASCII or not, without a NUL.
 */
export function writePlainHeader(out: Buffer, at: number, name: Uint8Array, member: PlainMember): number {
  const { isDirectory, seconds, nanoseconds } = member;
  if (!fits(name, member)) return 0;
  let start = at;
  if (nanoseconds !== 0) {
    timeHeader.copy(out, start);
    out.fill(0, start + block, start + 2 * block);
    const fraction = String(nanoseconds).padStart(9, "0");
    out.write(`${timeRecordLength} mtime=${seconds}.${fraction}\n`, start + block, "latin1");
    start += 2 * block;
  }
  out.fill(0, start, start + block);
  out.set(name, start);
  if (isDirectory && name[name.length - 1] !== 0x2f) out[start + name.length] = 0x2f;
  octal(out, start + 100, 7, member.mode);
  octal(out, start + 108, 7, member.uid);
  octal(out, start + 116, 7, member.gid);
  octal(out, start + 124, 11, member.size);
  octal(out, start + 136, 11, seconds);
  out[start + 156] = isDirectory ? 0x35 : 0x30;
  out.write("ustar\x0000", start + 257, "latin1");
  octal(out, start + 329, 7, 0);
  octal(out, start + 337, 7, 0);
  seal(out, start);
  return start + block - at;
}

function fits(name: Uint8Array, { uid, gid, size, seconds }: PlainMember): boolean {
  if (name.length >= nameLength || uid > maxId || gid > maxId || size > maxSize) return false;
  // Seconds of ten digits, as they are from 2001 to 2286.
  if (seconds < 1_000_000_000 || seconds > maxSize || seconds > 9_999_999_999) return false;
  for (let i = 0; i < name.length; i++) if ((name[i] as number) > 127) return false;
  return true;
}

function octal(out: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = Math.floor(rest / 8);
    out[i] = 0x30 + (rest - next * 8);
    rest = next;
  }
}

/** The checksum: six octal digits, NUL, space. */
function seal(out: Buffer, start: number): void {
  let sum = 8 * 0x20;
  for (let i = start; i < start + block; i++) sum += out[i] as number;
  octal(out, start + 148, 6, sum);
  out[start + 155] = 0x20;
}
