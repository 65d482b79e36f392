import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Spec } from "../../src/oci/spec.ts";
import { compare, output, timed } from "../measure.ts";
import type { Context, Row, Scenario } from "../scenario.ts";

/**
 * The bundle of a running slipway container, for the bare runtime: the same isolation and seccomp filter, a root
 * filesystem of its own, and a network namespace of the runtime's own making.
 */
async function equalBundle({ slipway, scratch }: Context): Promise<string> {
  const id = await output(slipway.command("run", "-d", "busybox", "sleep", "1000"));
  const bundle = join(scratch, "bundle");
  mkdirSync(join(bundle, "rootfs"), { recursive: true });
  const spec = JSON.parse(readFileSync(`${slipway.root}/run/containers/${id}/config.json`, "utf8")) as Spec;
  await output(["sh", "-c", `${slipway.command("export", id).join(" ")} | tar -x -C ${bundle}/rootfs`]);
  await output(slipway.command("rm", "-f", id));
  const namespaces = (spec.linux?.namespaces ?? []).map((entry) =>
    entry.type === "network" ? { type: "network" as const } : entry,
  );
  const own = (spec.mounts ?? []).filter(({ source }) => !source?.startsWith("/"));
  const bare: Spec = {
    ...spec,
    root: { path: join(bundle, "rootfs") },
    mounts: own,
    process: { ...spec.process!, args: ["true"] },
    linux: { ...spec.linux, namespaces, cgroupsPath: "/slipway-bench" },
  };
  writeFileSync(join(bundle, "config.json"), JSON.stringify(bare));
  return bundle;
}

/** `run --rm busybox true` on each network against each peer and against the runtime alone. */
export const start: Scenario = async (context) => {
  const { slipway, docker, podman } = context;
  const bundle = await equalBundle(context);
  const rows: Row[] = [];
  let number = 0;
  for (const network of ["bridge", "none", "host"]) {
    const args = ["run", "--rm", "--network", network, "busybox", "true"];
    const values = await compare(15, {
      slipway: () => timed(slipway.command(...args)),
      docker: () => timed(docker.command(...args)),
      podman: () => timed(podman.command(...args)),
      bare: () => timed(["crun", "run", "--bundle", bundle, `bare${number++}`]),
    });
    const ratio = values.slipway / values.bare;
    const faster = Math.min(values.docker, values.podman) / values.slipway;
    rows.push({
      what: `run --rm --network ${network} busybox true`,
      unit: "ms",
      values,
      target: `≤ 2.5 × crun (is ${ratio.toFixed(1)}), ≥ 10 × faster than both (is ${faster.toFixed(1)})`,
      met: ratio <= 2.5 && faster >= 10,
    });
  }
  return rows;
};

/** The small commands, and a command in a running container. */
export const commands: Scenario = async ({ slipway, docker, podman }) => {
  const peers = [slipway, docker, podman];
  for (const peer of peers)
    await output(peer.command("run", "-d", "--name", "target", "busybox", "sleep", "1000"));
  const row = async (what: string, args: string[], factor: number): Promise<Row> => {
    const values = await compare(15, {
      slipway: () => timed(slipway.command(...args)),
      docker: () => timed(docker.command(...args)),
      podman: () => timed(podman.command(...args)),
    });
    const ratio = values.slipway / values.docker;
    return {
      what,
      unit: "ms",
      values,
      target: `≤ ${factor} × docker (is ${ratio.toFixed(2)})`,
      met: ratio <= factor,
    };
  };
  const rows = [
    await row("version", ["version"], 1),
    await row("ps", ["ps"], 1),
    await row("exec c true", ["exec", "target", "true"], 0.25),
  ];
  for (const peer of peers) await output(peer.command("rm", "-f", "target"));
  return rows;
};
