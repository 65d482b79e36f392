import { mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import { output } from "../measure.ts";
import type { Peer } from "./peer.ts";
import { waitFor } from "./wait.ts";

export const slipwayPath = resolve(import.meta.dir, "../../dist/slipway");

export interface SlipwayOptions {
  /** Tells engines that run at once apart; 0 without. */
  number?: number;
  /** Without: in its own root. */
  dataRoot?: string;
}

export async function startSlipway({
  number = 0,
  dataRoot,
}: SlipwayOptions = {}): Promise<Peer & { socket: string; pid: number }> {
  const bridge = `slbench${number}`;
  const root = mkdtempSync("/tmp/slipway-bench-");
  const socket = join(root, "engine.sock");
  const log = Bun.file(join(root, "engine.log"));
  const engine = Bun.spawn(
    [
      slipwayPath,
      "daemon",
      `--data-root=${dataRoot ?? `${root}/data`}`,
      `--exec-root=${root}/run`,
      `--host=unix://${socket}`,
      `--bridge=${bridge}`,
      `--bip=10.251.${10 + number}.1/24`,
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
      await output(["sh", "-c", `ip link delete ${bridge} 2>/dev/null; rm -rf ${root}; true`]);
    },
  };
}
