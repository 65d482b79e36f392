import { randomInt } from "node:crypto";
import { type DecodedPacket, decode, encode } from "dns-packet";
import { exchange, type Server } from "./exchange.ts";
import { responseCode, type Transport } from "./message.ts";

const RECURSION_DESIRED = 0x0100;
/** RFC 1035, section 4.1.1. */
const NO_SUCH_NAME = 3;
const codes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/** What a name server says about a name. */
export type NameAnswer =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  /** The name exists, and has no address of this kind. */
  | { readonly kind: "none" }
  /** There is no such name. */
  | { readonly kind: "unknown" }
  /** The server failed or refused: the name of its code, such as "SERVFAIL". */
  | { readonly kind: "failed"; readonly code: string }
  /** Nothing came back in time, or the server cannot be reached. */
  | { readonly kind: "silent" };

/** Asks one server once for the addresses of a name, by TCP if the answer is too long otherwise. Never rejects. */
export async function lookUp(
  server: Server,
  name: string,
  type: "A" | "AAAA",
  milliseconds: number,
  signal: AbortSignal,
): Promise<NameAnswer> {
  const id = randomInt(0x10000);
  const query = encode({ type: "query", id, flags: RECURSION_DESIRED, questions: [{ name, type }] });
  const ask = (transport: Transport) => askOnce(server, transport, query, milliseconds, signal);
  const short = await ask("udp");
  const answer = short?.packet.flag_tc ? ((await ask("tcp")) ?? short) : short;
  if (answer === undefined) return { kind: "silent" };
  const { code, packet } = answer;
  if (code === NO_SUCH_NAME) return { kind: "unknown" };
  if (code !== 0) return { kind: "failed", code: codes[code] ?? `code ${code}` };
  const addresses = (packet.answers ?? []).flatMap((it) => (it.type === type ? [it.data] : []));
  return addresses.length > 0 ? { kind: "addresses", addresses } : { kind: "none" };
}

interface Response {
  readonly code: number;
  readonly packet: DecodedPacket;
}

async function askOnce(
  server: Server,
  transport: Transport,
  query: Buffer,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Response | undefined> {
  const { response, cancel } = exchange(server, transport, query, milliseconds);
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  const bytes = await response;
  signal.removeEventListener("abort", cancel);
  if (bytes === undefined) return undefined;
  try {
    return { code: responseCode(bytes), packet: decode(bytes) };
  } catch {
    // What cannot be read is no answer.
    return undefined;
  }
}
