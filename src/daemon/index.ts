import { mkdirSync } from "node:fs";
import { openBuilds } from "../builder/index.ts";
import { type EngineConfig, helpText, loadConfig } from "../engine/config/index.ts";
import { readHostFacts } from "../engine/host/index.ts";
import { Engine } from "../engine/index.ts";
import type { Log } from "../engine/log.ts";
import { messageOf } from "../errors/index.ts";
import { releaseExecutablePages } from "../os/executable-pages.ts";
import { ensureUsableCgroups } from "../os/mountns.ts";
import { survivingWrappers } from "../runtime/index.ts";
import { startServer } from "../server/index.ts";
import { surviveFailures } from "./last-resort.ts";
import { lockDataRoot } from "./lock.ts";
import { createLog } from "./log.ts";
import { writePidFile } from "./pid-file.ts";
import { serveImages } from "./registry.ts";
import { withRuntimes } from "./runtimes.ts";
import { shutdownRequested } from "./signals.ts";
import { Silence } from "./silence.ts";
import { checkStorageDriver } from "./storage-driver.ts";

/** Without requests for so long, the engine counts as left alone. */
const silenceMs = 5000;

/** What the engine writes is readable as Docker's is, whatever the shell that starts it says; images are the same on each host. */
const umask = 0o022;

/** `slipway daemon`: lives until it is told to stop. Exit status 0 after an orderly end, 1 otherwise. */
export async function run(argv: string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(helpText());
    return 0;
  }
  process.umask(umask);
  try {
    const config = await withRuntimes(loadConfig(argv));
    ensureUsableCgroups(survivingWrappers(config.execRoot));
    return await serve(config);
  } catch (error) {
    process.stderr.write(`slipway daemon: ${messageOf(error)}\n`);
    return 1;
  }
}

async function serve(config: EngineConfig): Promise<number> {
  const log = createLog(config);
  surviveFailures(log);
  mkdirSync(config.dataRoot, { recursive: true, mode: 0o711 });
  mkdirSync(config.execRoot, { recursive: true, mode: 0o711 });
  using _lock = lockDataRoot(config.dataRoot);
  using _pidFile = writePidFile(config.pidFile);
  const stop = shutdownRequested();
  checkStorageDriver(config);
  const engine = await Engine.open({ config, host: readHostFacts(), log, openBuilds });
  using silence = new Silence(silenceMs, () => giveMemoryBack(log));
  const { hosts, group } = config;
  const onActivity = () => silence.heard();
  const registry = await serveImages(config, engine, log, onActivity);
  const server = await startServer({ backend: engine, hosts, group, log, onActivity });
  onActivity();
  log("info", `slipway answers on ${config.hosts.join(", ")}`);
  const signal = await stop;
  log("info", `${signal}: the engine stops`);
  await server.close();
  await registry.close();
  await engine.close();
  return 0;
}

/** The start and the last requests needed far more code than an engine that only waits. */
function giveMemoryBack(log: Log): void {
  releaseExecutablePages().catch((error: unknown) => {
    log("warn", `cannot give memory back to the host: ${messageOf(error)}`);
  });
}
