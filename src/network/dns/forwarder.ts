import { randomInt } from "node:crypto";
import { type Exchange, exchange, type Server } from "./exchange.ts";
import { rcodes, responseCode, type Transport } from "./message.ts";
import type { Query } from "./query.ts";
import { failure } from "./response.ts";

/** Docker's limits. */
const SERVERS_ASKED = 3;
const UNDER_WAY_PER_SANDBOX = 1024;
/** Each question has a descriptor of the engine's. */
const UNDER_WAY = 4096;

let underWay = 0;

/** Asks others what the networks of one sandbox do not know. */
export class Forwarder {
  readonly #underWay = new Set<Exchange>();
  #closed = false;

  /** `milliseconds`: how long one server may take. */
  constructor(private readonly milliseconds: number) {}

  /**
   * The response of the first server that has one, byte for byte but for the id. A server that fails or refuses
   * may do so for reasons of its own: the next one is asked. `onCrowd` hears of a question refused for too many others.
   */
  async ask(
    servers: readonly Server[],
    query: Query,
    transport: Transport,
    onCrowd: () => void,
  ): Promise<Buffer> {
    for (const server of servers.slice(0, SERVERS_ASKED)) {
      if (this.#closed) break;
      if (this.#underWay.size >= UNDER_WAY_PER_SANDBOX || underWay >= UNDER_WAY) {
        onCrowd();
        return failure(query.bytes, "refused");
      }
      const response = await this.#askOne(server, transport, query);
      if (response === undefined || isRefusal(response)) continue;
      response.writeUInt16BE(query.id);
      return response;
    }
    return failure(query.bytes, "failed");
  }

  /** Ends what is under way. */
  close(): void {
    this.#closed = true;
    for (const it of this.#underWay) it.cancel();
  }

  /** Many servers take no connections; the answer may be small enough for a datagram. */
  async #askOne(server: Server, transport: Transport, query: Query): Promise<Buffer | undefined> {
    const began = performance.now();
    const response = await this.#exchange(server, transport, query);
    const late = performance.now() - began >= this.milliseconds;
    if (response !== undefined || transport === "udp" || late || this.#closed) return response;
    return this.#exchange(server, "udp", query);
  }

  #exchange(server: Server, transport: Transport, query: Query): Promise<Buffer | undefined> {
    const bytes = Buffer.from(query.bytes);
    bytes.writeUInt16BE(randomInt(0x10000));
    const attempt = exchange(server, transport, bytes, this.milliseconds);
    this.#underWay.add(attempt);
    underWay++;
    void attempt.ended.then(() => {
      underWay--;
      this.#underWay.delete(attempt);
    });
    return attempt.response;
  }
}

function isRefusal(response: Buffer): boolean {
  const code = responseCode(response);
  return code === rcodes.failed || code === rcodes.refused;
}
