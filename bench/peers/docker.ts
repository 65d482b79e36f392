import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { output } from "../measure.ts";
import type { Peer } from "./peer.ts";
import { waitFor } from "./wait.ts";

/**
 * Debian's docker.io with roots, socket and bridge of its own, driven by Debian's command line where it is installed.
 * @param number tells engines that run at once apart
 */
export async function startDocker(number = 0): Promise<Peer> {
  const bridge = `dkbench${number}`;
  const root = mkdtempSync("/tmp/docker-bench-");
  const socket = join(root, "docker.sock");
  await output([
    "sh",
    "-c",
    `ip link add ${bridge} type bridge && ip addr add 10.251.${number === 0 ? 2 : 100 + number}.1/24 dev ${bridge} && ip link set ${bridge} up`,
  ]);
  const log = Bun.file(join(root, "engine.log"));
  const engine = Bun.spawn(
    [
      "dockerd",
      `--data-root=${root}/data`,
      `--exec-root=${root}/run`,
      `--pidfile=${root}/pid`,
      `--host=unix://${socket}`,
      `--bridge=${bridge}`,
      // At its fastest: published ports without a copy of every byte.
      "--userland-proxy=false",
    ],
    { stdio: ["ignore", log, log] },
  );
  const cli = Bun.file("/usr/bin/docker").size > 0 ? "/usr/bin/docker" : "docker";
  const command = (...args: string[]) => [cli, "-H", `unix://${socket}`, ...args];
  await waitFor(command("version"), engine);
  return {
    name: "docker",
    root,
    command,
    version: `docker.io ${await output(command("version", "--format", "{{.Server.Version}}"))}`,
    async stop() {
      engine.kill("SIGTERM");
      await engine.exited;
      await output([
        "sh",
        "-c",
        // It leaves its rules behind, and they name the bridge that goes.
        `for table in nat filter; do iptables -t $table -S | grep ${bridge} | sed "s/^-A/iptables -t $table -D/" | sh; done; ip link delete ${bridge}; umount ${root}/run/netns/* 2>/dev/null; rm -rf ${root}; true`,
      ]);
    },
  };
}
