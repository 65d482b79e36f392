import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "../measure.ts";
import type { Peer } from "./peer.ts";

/** Debian's podman with storage of its own. Its default limits exceed what this user may have, so they are named. */
export async function startPodman(): Promise<Peer> {
  const root = mkdtempSync("/tmp/podman-bench-");
  const configuration = join(root, "containers.conf");
  writeFileSync(
    configuration,
    '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n[engine]\nruntime = "crun"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
  );
  process.env.CONTAINERS_CONF = configuration;
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
