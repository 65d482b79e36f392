import { type Answer, type DecodedPacket, decode, encode, encodingLength, type Packet } from "dns-packet";

/** Header of a message, RFC 1035 section 4.1.1. */
export const HEADER_BYTES = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const RECURSION_AVAILABLE = 0x0080;
/** What every resolver takes over UDP, and what we say that we take. */
const PLAIN_UDP_BYTES = 512;
const OUR_UDP_BYTES = 1232;
const TCP_BYTES = 65_535;

export type Transport = "udp" | "tcp";

/** Codes of failures, RFC 1035 and 2136. */
export const rcodes = { malformed: 1, failed: 2, unsupported: 4, refused: 5 } as const;
export type Failure = keyof typeof rcodes;

/** A question as it came: its bytes, and what of them concerns us. */
export interface Query {
  readonly bytes: Buffer;
  readonly id: number;
  /** Without a dot at its end, in the case in which it was asked. */
  readonly name: string;
  /** "A", "PTR"; "UNKNOWN_65" for what the library does not know. */
  readonly type: string;
  readonly internet: boolean;
  readonly packet: DecodedPacket;
  /** How large an answer over UDP may be; only with EDNS more than 512. */
  readonly udpBytes: number;
  readonly edns: boolean;
}

/** The question in a message, why it has none to answer, or undefined if it is to be left without any answer. */
export function readQuery(bytes: Buffer): Query | Failure | undefined {
  if (bytes.length < HEADER_BYTES || isResponse(bytes)) return undefined;
  if ((bytes.readUInt16BE(2) & OPCODE) !== 0) return "unsupported";
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  if (questions !== 1 || answers !== 0 || authorities !== 0 || (additionals ?? 0) > 2) return "malformed";
  const packet = decodeOrNot(bytes);
  const question = packet?.questions?.[0];
  if (packet === undefined || question === undefined) return "malformed";
  const edns = packet.additionals?.find((record) => record.type === "OPT");
  return {
    bytes,
    id: packet.id ?? 0,
    name: question.name === "." ? "" : question.name,
    type: question.type,
    internet: question.class === "IN",
    packet,
    edns: edns !== undefined,
    udpBytes: Math.max(PLAIN_UDP_BYTES, edns?.type === "OPT" ? edns.udpPayloadSize : 0),
  };
}

/** An answer of ours. As many records as fit; if not all do, it says so, and the asker comes again over TCP. */
export function answer(query: Query, records: readonly Answer[], transport: Transport): Buffer {
  const limit = transport === "tcp" ? TCP_BYTES : query.udpBytes;
  const packet: Packet = {
    type: "response",
    id: query.id,
    flags: RECURSION_AVAILABLE | ((query.packet.flags ?? 0) & RECURSION_DESIRED),
    questions: query.packet.questions ?? [],
    ...(query.edns ? { additionals: [ourEdns] } : {}),
  };
  let room = limit - encodingLength(packet);
  const fitting: Answer[] = [];
  for (const record of records) {
    room -= encodingLength({ answers: [record] }) - HEADER_BYTES;
    if (room < 0) break;
    fitting.push(record);
  }
  const truncated = fitting.length < records.length ? TRUNCATED : 0;
  return encode({ ...packet, flags: (packet.flags ?? 0) | truncated, answers: fitting });
}

const ourEdns: Answer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: OUR_UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** An answer without records, with the question if there is one that can be told from the rest. */
export function failure(query: Buffer, reason: Failure): Buffer {
  const end = questionEnd(query);
  const response = Buffer.alloc(end ?? HEADER_BYTES);
  query.copy(response, 0, 0, end ?? HEADER_BYTES);
  const kept = query.readUInt16BE(2) & (OPCODE | RECURSION_DESIRED);
  response.writeUInt16BE(RESPONSE | kept | RECURSION_AVAILABLE | rcodes[reason], 2);
  response.writeUInt16BE(end === undefined ? 0 : 1, 4);
  response.fill(0, 6, HEADER_BYTES);
  return response;
}

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
function questionEnd(message: Buffer): number | undefined {
  if (message.length < HEADER_BYTES || message.readUInt16BE(4) === 0) return undefined;
  let at = HEADER_BYTES;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length === undefined || length > 63) return undefined;
    at += 1 + length;
  }
  const end = at + 5;
  return end <= message.length ? end : undefined;
}

/** The library throws whatever it meets in malformed messages. */
function decodeOrNot(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}
