import type { EngineConfig } from "../engine/config/index.ts";
import type { Log } from "../engine/log.ts";

const order = ["debug", "info", "warn", "error"] as const;

/** Writes the engine's own messages to standard error, one line each, as text or JSON. */
export function createLog({ logLevel, logFormat }: Pick<EngineConfig, "logLevel" | "logFormat">): Log {
  const least = logLevel === "fatal" ? order.length : order.indexOf(logLevel);
  return (level, message) => {
    if (order.indexOf(level) < least) return;
    const time = new Date().toISOString();
    const line =
      logFormat === "json"
        ? JSON.stringify({ level, msg: message, time })
        : `time=${JSON.stringify(time)} level=${level} msg=${JSON.stringify(message)}`;
    process.stderr.write(`${line}\n`);
  };
}
