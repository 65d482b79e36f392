import { logDriver } from "../../cio/index.ts";
import { conflict, invalid } from "../../errors/index.ts";
import type { FramedStream, LogsOptions } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { logPath } from "./stdio.ts";

/** `logs`: what the container has put out and, followed, what it puts out until its run ends. */
export async function containerLogs(
  engine: EngineContext,
  ref: string,
  options: LogsOptions,
  signal: AbortSignal,
  framing?: "raw" | "multiplexed",
): Promise<FramedStream> {
  if (!options.stdout && !options.stderr)
    throw invalid("Bad parameters: you must choose at least one stream");
  const container = engine.containers.find(ref);
  const { record } = container;
  if (record.removing || record.state.status === "dead") {
    throw conflict("can not get logs from container which is dead or marked for removal");
  }
  const chosen = framing ?? (container.tty ? "raw" : "multiplexed");
  const driver = logDriver(record.hostConfig.LogConfig?.Type ?? "json-file");
  const chunks = driver.read(
    logPath(engine, container),
    { ...options, framing: chosen },
    container.log,
    signal,
  );
  return { framing: chosen, chunks };
}
