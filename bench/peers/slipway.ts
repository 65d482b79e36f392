import { mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import { output } from "../measure.ts";
import type { Peer } from "./peer.ts";
import { waitFor } from "./wait.ts";

export const slipwayPath = resolve(import.meta.dir, "../../dist/slipway");

export async function startSlipway(): Promise<Peer & { socket: string; pid: number }> {
  const root = mkdtempSync("/tmp/slipway-bench-");
  const socket = join(root, "engine.sock");
  const log = Bun.file(join(root, "engine.log"));
  const engine = Bun.spawn(
    [
      slipwayPath,
      "daemon",
      `--data-root=${root}/data`,
      `--exec-root=${root}/run`,
      `--host=unix://${socket}`,
      "--bridge=slbench0",
      "--bip=10.251.1.1/24",
      `--storage-driver=${process.env.STORAGE_DRIVER ?? "overlay2"}`,
    ],
    { stdio: ["ignore", log, log] },
  );
  const command = (...args: string[]) => [slipwayPath, "-H", `unix://${socket}`, ...args];
  await waitFor(command("version"), engine);
  return {
    name: "slipway",
    root,
    socket,
    pid: engine.pid,
    command,
    version: (await output([slipwayPath, "--version"])).replace(/,.*/, ""),
    async stop() {
      engine.kill("SIGTERM");
      await engine.exited;
      await output(["sh", "-c", `ip link delete slbench0 2>/dev/null; rm -rf ${root}; true`]);
    },
  };
}
