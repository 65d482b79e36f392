/**
 * Netlink attributes: type-length-value records padded to four bytes (linux/netlink.h, struct nlattr).
 * Everything is in the host's byte order, which is little-endian on every machine we run on.
 */

const HEADER = 4;
const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;

const padded = (length: number): number => (length + 3) & ~3;

/** One attribute with a binary payload. */
export function attribute(type: number, payload: Uint8Array): Buffer {
  const buffer = Buffer.alloc(padded(HEADER + payload.length));
  buffer.writeUInt16LE(HEADER + payload.length, 0);
  buffer.writeUInt16LE(type, 2);
  buffer.set(payload, HEADER);
  return buffer;
}

/** A NUL-terminated string, as the kernel's NLA_NUL_STRING policy wants it. */
export function stringAttribute(type: number, value: string): Buffer {
  return attribute(type, Buffer.from(`${value}\0`));
}

export function uint8Attribute(type: number, value: number): Buffer {
  return attribute(type, Buffer.of(value));
}

export function uint32Attribute(type: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32LE(value);
  return attribute(type, payload);
}

/** An attribute that holds attributes. */
export function nestedAttribute(type: number, ...children: Uint8Array[]): Buffer {
  return attribute(type | NLA_F_NESTED, Buffer.concat(children));
}

/** Attributes by type; of a repeated one the last counts. Payloads are views into `buffer`. */
export function parseAttributes(buffer: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let offset = 0; offset + HEADER <= buffer.length; ) {
    const length = buffer.readUInt16LE(offset);
    if (length < HEADER || offset + length > buffer.length) break;
    const type = buffer.readUInt16LE(offset + 2) & NLA_TYPE_MASK;
    attributes.set(type, buffer.subarray(offset + HEADER, offset + length));
    offset += padded(length);
  }
  return attributes;
}

/** The text of a string attribute, without its terminator. */
export function attributeText(payload: Buffer | undefined): string | undefined {
  if (payload === undefined) return undefined;
  const end = payload.indexOf(0);
  return payload.toString("utf8", 0, end < 0 ? payload.length : end);
}
