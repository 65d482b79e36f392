import type { Client } from "./client.ts";
import { text } from "./client.ts";
import { bodyFraming, readBody } from "./transport/body.ts";
import { aborted, Connection } from "./transport/connection.ts";
import { failure } from "./transport/failure.ts";
import { readHead } from "./transport/head.ts";
import { encodeRequest, type RequestOptions } from "./transport/request.ts";

/** A connection that has left HTTP: bytes both ways. */
export interface HijackedStream {
  /** `multiplexed` output is to be taken apart with api's StdcopyDecoder. */
  framing: "raw" | "multiplexed";
  /** Ends when the engine has sent everything. */
  output: AsyncIterable<Uint8Array>;
  /** Resolves when there is room for more. */
  write(data: Uint8Array): Promise<void>;
  /** Half-close: no more input, output goes on. */
  endInput(): void;
  /** Closes both directions at once. */
  close(): void;
}

/** Opens a connection of its own and upgrades it; a refusal is thrown as the engine's SlipwayError. */
export async function hijack(client: Client, options: RequestOptions): Promise<HijackedStream> {
  const { signal } = options;
  signal?.throwIfAborted();
  const connection = await Connection.open(client.address);
  const give = () => connection.destroy(aborted(signal!));
  signal?.addEventListener("abort", give, { once: true });
  const close = () => {
    signal?.removeEventListener("abort", give);
    connection.destroy();
  };
  try {
    const upgrade = { ...client.options.headers, Connection: "Upgrade", Upgrade: "tcp" };
    await connection.write(encodeRequest(options, client.options.version, upgrade));
    const head = await readHead(connection);
    if (head.status !== 101) {
      const body = readBody(connection, bodyFraming(options.method, head));
      throw failure(head.status, await text(body));
    }
    const type = head.headers.get("content-type") ?? "";
    return {
      framing: type.includes("multiplexed") ? "multiplexed" : "raw",
      output: closing(readBody(connection, "until-close"), close),
      write: (data) => connection.write(data),
      endInput: () => connection.endWrite(),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function* closing(chunks: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    close();
  }
}
