import { invalid } from "../errors/index.ts";
import { decodeName } from "./name.ts";

/** Records of a PAX extended header by keyword; values are bytes, for those of xattrs are binary. */
export type PaxRecords = Map<string, Uint8Array>;

const xattrPrefix = "SCHILY.xattr.";

/** Reads `"%d %s=%s\n"` records (pax(1), extended header) into `records`; an empty value deletes one. */
export function parsePax(data: Uint8Array, records: PaxRecords): void {
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 || space - at > 10 ? Number.NaN : Number(ascii(data, at, space));
    const end = at + length;
    const equals = data.indexOf(0x3d, space + 1);
    if (!Number.isInteger(length) || length <= 0 || end > data.length || equals < 0 || equals >= end) {
      throw invalid("not a tar archive: an extended header (PAX) is malformed");
    }
    if (data[end - 1] !== 0x0a) throw invalid("not a tar archive: a PAX record does not end in a newline");
    const key = decodeName(data.subarray(space + 1, equals));
    addRecord(records, key, new Uint8Array(data.subarray(equals + 1, end - 1)));
    at = end;
  }
}

function addRecord(records: PaxRecords, key: string, value: Uint8Array): void {
  // The map of GNU sparse format 0.0 repeats its keywords: collected into the form of 0.1.
  if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
    const before = records.get("GNU.sparse.map");
    const joined = before === undefined ? value : Buffer.concat([before, Buffer.from(","), value]);
    records.set("GNU.sparse.map", joined);
  } else if (value.length === 0 && !key.startsWith(xattrPrefix)) records.delete(key);
  else records.set(key, value);
}

/** One record with its own length in front, which counts itself. */
export function formatPax(key: string, value: Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = rest.length + String(rest.length).length;
  if (String(length).length !== String(rest.length).length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

export function xattrsOf(records: PaxRecords): Map<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (const [key, value] of records) {
    if (key.startsWith(xattrPrefix)) xattrs.set(key.slice(xattrPrefix.length), value);
  }
  return xattrs;
}

/** Seconds with a fraction as nanoseconds. */
export function parsePaxTime(text: string): bigint {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(text);
  if (match === null) throw invalid(`not a tar archive: "${text}" is no time`);
  const [, sign, seconds = "0", fraction = ""] = match;
  const value = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return sign === "-" ? -value : value;
}

export function formatPaxTime(nanoseconds: bigint): string {
  const absolute = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = (absolute % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  const text = `${absolute / 1_000_000_000n}${fraction === "" ? "" : `.${fraction}`}`;
  return nanoseconds < 0n ? `-${text}` : text;
}

function ascii(data: Uint8Array, from: number, to: number): string {
  return Buffer.from(data.buffer, data.byteOffset + from, to - from).toString("latin1");
}
