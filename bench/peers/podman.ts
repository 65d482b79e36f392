import { mkdtempSync } from "node:fs";
import { output } from "../measure.ts";
import type { Peer } from "./peer.ts";

/** Debian's podman with storage of its own; `scripts/bench` configures it. */
export async function startPodman(): Promise<Peer> {
  const root = mkdtempSync("/tmp/podman-bench-");
  const command = (...args: string[]) => [
    "podman",
    "--root",
    `${root}/data`,
    "--runroot",
    `${root}/run`,
    "--storage-driver",
    "overlay",
    ...args,
  ];
  return {
    name: "podman",
    root,
    command,
    version: (await output(["podman", "--version"])).replace(" version", ""),
    async stop() {
      await output([
        "sh",
        "-c",
        `${command("rm", "-af").join(" ")} >/dev/null 2>&1; ${command("system", "reset", "-f").join(" ")} >/dev/null 2>&1; ip link delete cni-podman0 2>/dev/null; ip link delete podman0 2>/dev/null; rm -rf ${root}; true`,
      ]);
    },
  };
}
