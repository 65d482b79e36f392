import type { LogsOptions } from "../../engine/backend.ts";
import { invalid } from "../../errors/index.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendChunks } from "../http/stream.ts";
import { streamType } from "../http/stream-type.ts";

export async function logs(exchange: Exchange): Promise<void> {
  const { backend, name, version, signal } = exchange;
  const { framing, chunks } = await backend.containers.logs(name, logsOptions(exchange), signal);
  exchange.begin(streamType(version, framing));
  await sendChunks(exchange, chunks);
}

function logsOptions({ query }: Exchange): LogsOptions {
  const stdout = query.boolean("stdout");
  const stderr = query.boolean("stderr");
  if (!stdout && !stderr) throw invalid("Bad parameters: you must choose at least one stream");
  const now = BigInt(Date.now()) * 1_000_000n;
  const since = query.timestamp("since", now);
  // Clients send 0 for "no end".
  const until = query.string("until") === "0" ? undefined : query.timestamp("until", now);
  const tail = tailLines(query.string("tail"));
  return {
    stdout,
    stderr,
    follow: query.boolean("follow"),
    timestamps: query.boolean("timestamps"),
    details: query.boolean("details"),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(tail === undefined ? {} : { tail }),
  };
}

/** As Docker: what is not a number of lines means all of them. */
function tailLines(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
