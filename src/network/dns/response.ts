import { type Answer, encode, encodingLength, type Packet } from "dns-packet";
import {
  type Failure,
  HEADER_BYTES,
  OPCODE,
  questionEnd,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  RESPONSE,
  rcodes,
  TRUNCATED,
  type Transport,
} from "./message.ts";
import type { Query } from "./query.ts";

/** What we say that we take over UDP. */
const OUR_UDP_BYTES = 1232;
const TCP_BYTES = 65_535;

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
