import { mkdtempSync, rmSync } from "node:fs";
import { cpus, release } from "node:os";
import { output, stopMeasuring } from "./measure.ts";
import { startDocker } from "./peers/docker.ts";
import { startPodman } from "./peers/podman.ts";
import { startSlipway } from "./peers/slipway.ts";
import { type Context, columns, type Row, type Scenario } from "./scenario.ts";
import { apt, build } from "./scenarios/build.ts";
import { images } from "./scenarios/images.ts";
import { load } from "./scenarios/load.ts";
import { churn, many } from "./scenarios/many.ts";
import { network } from "./scenarios/network.ts";
import { lines } from "./scenarios/output.ts";
import { commands, start } from "./scenarios/start.ts";
import { storage } from "./scenarios/storage.ts";

/** `npm run bench [scenario…]`: every engine in one run, medians, as a Markdown table; of a list each is printed when it ends. */
const scenarios: Record<string, Scenario | Scenario[]> = {
  start,
  commands,
  many,
  lines,
  churn,
  load,
  images,
  network,
  storage,
  build,
  apt,
};
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in scenarios));
if (unknown !== undefined) {
  console.error(`no scenario ${unknown}: there are ${Object.keys(scenarios).join(", ")}`);
  process.exit(2);
}

const scratch = mkdtempSync("/tmp/bench-files-");
const slipway = await startSlipway();
const docker = await startDocker();
const podman = await startPodman();
const context: Context = { slipway, docker, podman, scratch };
// What was being measured fails, and the engines end below.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stopMeasuring);
try {
  await output(slipway.command("image", "bootstrap", "busybox"));
  const archive = `${scratch}/busybox.tar`;
  await output(slipway.command("save", "-o", archive, "busybox"));
  await output(docker.command("load", "-q", "-i", archive));
  await output(podman.command("load", "-q", "-i", archive));
  console.log(
    `${slipway.version}, ${docker.version}, ${podman.version}; Linux ${release()}, ${cpus().length} cores (${cpus()[0]?.model})\n`,
  );
  console.log(
    `| what | ${columns.join(" | ")} | target | met |\n|---|${"---|".repeat(columns.length)}---|---|`,
  );
  for (const name of asked.length > 0 ? asked : Object.keys(scenarios)) {
    for (const scenario of [scenarios[name] ?? []].flat())
      for (const row of await scenario(context)) console.log(format(row));
  }
} finally {
  await podman.stop();
  await docker.stop();
  await slipway.stop();
  rmSync(scratch, { recursive: true, force: true });
}

function format({ what, unit, values, target, met }: Row): string {
  const cell = (value: number | undefined) =>
    value === undefined
      ? ""
      : `${value >= 100 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1)} ${unit}`.trim();
  const cells = columns.map((column) => cell(values[column]));
  return `| ${what} | ${cells.join(" | ")} | ${target} | ${met === undefined ? "" : met ? "yes" : "**no**"} |`;
}
