import { mkdirSync, openSync, readFileSync } from "node:fs";
import { ownCommand } from "../os/self.ts";
import { wrong } from "./local-error.ts";
import { answers } from "./probe.ts";

export const engineLog = "/var/log/slipway.log";
const patience = 15_000;

/** Starts `slipway daemon` in a session of its own and resolves when its socket answers. */
export async function startEngine(socket: string): Promise<void> {
  mkdirSync("/var/log", { recursive: true });
  const log = openSync(engineLog, "a", 0o640);
  const engine = Bun.spawn(["/usr/bin/setsid", ...ownCommand("daemon")], {
    cwd: "/",
    stdio: ["ignore", log, log],
    detached: true,
  });
  engine.unref();
  const deadline = Date.now() + patience;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 200)) {
    if (await answers(socket)) return;
    if (engine.exitCode !== null && engine.exitCode !== 0)
      throw failed(`ended with status ${engine.exitCode}`);
    if (Date.now() > deadline) throw failed(`did not answer within ${patience / 1000} s`);
    await Bun.sleep(pause);
  }
}

function failed(what: string): Error {
  const last = readFileSync(engineLog, "utf8").trimEnd().split("\n").slice(-3).join("\n");
  return wrong(`the engine was started and ${what}; the end of its log ${engineLog}:\n${last}`);
}
