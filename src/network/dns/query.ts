import { type DecodedPacket, decode } from "dns-packet";
import { type Failure, HEADER_BYTES, isResponse, OPCODE } from "./message.ts";

/** What every resolver takes over UDP. */
const PLAIN_UDP_BYTES = 512;

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

/** The library throws whatever it meets in malformed messages. */
function decodeOrNot(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}
