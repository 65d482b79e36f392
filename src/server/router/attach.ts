import type { AttachOptions, PreparedStream } from "../../engine/backend.ts";
import type { Exchange } from "../http/exchange.ts";
import { type HijackedConnection, hijack } from "../http/hijack.ts";
import { streamType } from "../http/stream-type.ts";
import { acceptWebSocket } from "../http/websocket.ts";

export async function attach(exchange: Exchange): Promise<void> {
  const options = attachOptions(exchange, false);
  const prepared = await exchange.backend.containers.attach(exchange.name, options);
  const type = streamType(exchange.version, exchange.upgrades ? prepared.framing : "raw");
  await copy(prepared, hijack(exchange, type, options.stdin));
}

export async function attachWebSocket(exchange: Exchange): Promise<void> {
  const options = attachOptions(exchange, exchange.version.before(42));
  const prepared = await exchange.backend.containers.attach(exchange.name, { ...options, framing: "raw" });
  await copy(prepared, acceptWebSocket(exchange, options.stdin));
}

async function copy(prepared: PreparedStream, { streams, finish }: HijackedConnection): Promise<void> {
  try {
    await prepared.run(streams);
  } finally {
    finish();
  }
}

function attachOptions({ query }: Exchange, allStreams: boolean): AttachOptions {
  const detachKeys = query.string("detachKeys");
  return {
    stdin: allStreams || query.boolean("stdin"),
    stdout: allStreams || query.boolean("stdout"),
    stderr: allStreams || query.boolean("stderr"),
    logs: query.boolean("logs"),
    stream: query.boolean("stream"),
    ...(detachKeys === undefined ? {} : { detachKeys }),
  };
}
