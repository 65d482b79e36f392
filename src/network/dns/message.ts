/** Header of a message, RFC 1035 section 4.1.1. */
export const HEADER_BYTES = 12;
export const RESPONSE = 0x8000;
export const OPCODE = 0x7800;
export const TRUNCATED = 0x0200;
export const RECURSION_DESIRED = 0x0100;
export const RECURSION_AVAILABLE = 0x0080;

export type Transport = "udp" | "tcp";

/** Codes of failures, RFC 1035 and 2136. */
export const rcodes = { malformed: 1, failed: 2, unsupported: 4, refused: 5 } as const;
export type Failure = keyof typeof rcodes;

export const isResponse = (message: Buffer): boolean => (message.readUInt16BE(2) & RESPONSE) !== 0;

export const responseCode = (message: Buffer): number => message.readUInt16BE(2) & 0xf;

/** Is this a response to the query? It is if it has the query's id and question, whose letters may change case. */
export function answers(response: Buffer, query: Buffer): boolean {
  if (response.length < HEADER_BYTES || !isResponse(response)) return false;
  const end = questionEnd(query);
  if (end === undefined || response.length < end || response.readUInt16BE(4) !== 1) return false;
  const question = (message: Buffer) => message.toString("latin1", HEADER_BYTES, end).toLowerCase();
  return response.readUInt16BE(0) === query.readUInt16BE(0) && question(response) === question(query);
}

/** Where the first question ends, which no pointer can be in; undefined if the message ends before. */
export function questionEnd(message: Buffer): number | undefined {
  if (message.length < HEADER_BYTES || message.readUInt16BE(4) === 0) return undefined;
  let at = HEADER_BYTES;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length === undefined || length > 63) return undefined;
    at += 1 + length;
  }
  const end = at + 5;
  return end <= message.length ? end : undefined;
}
