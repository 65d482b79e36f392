import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ContainerStdio, type LogWriter, logDriver } from "../../cio/index.ts";
import { messageOf } from "../../errors/index.ts";
import type { RunOptions } from "../../runtime/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { windowSize } from "./window-size.ts";

/** The container's streams: those of its run, or those that its next run will have. */
export function openStdio(engine: EngineContext, container: Container): ContainerStdio {
  if (container.stdio !== undefined) return container.stdio;
  const { bundle } = engine.paths.container(container.id);
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
  container.stdio = ContainerStdio.create(bundle, stdioOptions(container));
  return container.stdio;
}

/** Takes over the streams of a container that runs since a former engine. */
export function adoptStdio(engine: EngineContext, container: Container): ContainerStdio {
  const { bundle } = engine.paths.container(container.id);
  container.stdio = ContainerStdio.adopt(bundle, stdioOptions(container));
  return container.stdio;
}

function stdioOptions(container: Container): Parameters<typeof ContainerStdio.create>[1] {
  const { config, hostConfig } = container.record;
  const size = windowSize(hostConfig.ConsoleSize);
  return {
    openStdin: config.OpenStdin ?? false,
    tty: container.tty,
    ...(size === undefined ? {} : { consoleSize: size }),
    onStdinClosed: () => container.run?.process.closeInput(),
    onResized: (size) => container.run?.process.resize(size),
  };
}

/** The streams as a runtime's parent inherits them. */
export function descriptorsOf(stdio: ContainerStdio): RunOptions["stdio"] {
  const { child } = stdio;
  if (child === undefined) throw new Error("streams that were taken over have no other end");
  const { streams, output, input } = child;
  const hold = { output, ...(input === undefined ? {} : { input }) };
  return streams === undefined ? { terminal: { size: stdio.size }, hold } : { ...streams, hold };
}

/** Begins to read the container's output, into its log and to whoever is attached. */
export function startOutput(engine: EngineContext, container: Container, stdio: ContainerStdio): void {
  container.log = openLog(engine, container);
  stdio.start({
    log: container.log,
    onLogError: (error) => {
      engine.log("error", `cannot write the log of container ${container.id}: ${messageOf(error)}`);
    },
  });
  engine.background.supervise(container.id, () => stdio.done);
}

function openLog(engine: EngineContext, container: Container): LogWriter | undefined {
  const { record } = container;
  const { Type, Config } = record.hostConfig.LogConfig ?? {};
  const path = logPath(engine, container);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return logDriver(Type ?? "json-file").open({
    path,
    stateDir: engine.paths.container(record.id).bundle,
    options: Config ?? {},
    container: {
      id: record.id,
      name: record.name,
      labels: record.config.Labels ?? {},
      env: record.config.Env ?? [],
      command: [record.path, ...record.args],
      imageId: record.image.id,
      imageName: record.image.reference,
    },
  });
}

/** Where Docker's drivers of these names have their files. */
export function logPath(engine: EngineContext, { record }: Container): string {
  const paths = engine.paths.container(record.id);
  if (record.hostConfig.LogConfig?.Type !== "local") return paths.log;
  return join(paths.directory, "local-logs", "container.log");
}

/** Output and log are at their end. Clients still get what they have not taken yet. */
export async function closeStdio(container: Container): Promise<void> {
  const { stdio, log } = container;
  container.stdio = undefined;
  container.log = undefined;
  await log?.close();
  await stdio?.close();
}

/** Lets go of streams that were opened for a client and never used, once nobody is attached. */
export async function closeIdleStdio(container: Container): Promise<void> {
  if (container.attached === 0 && container.run === undefined && !container.starting)
    await closeStdio(container);
}
