import { median } from "../measure.ts";
import type { Peer } from "../peers/peer.ts";
import { peersOf, type Row, type Scenario } from "../scenario.ts";
import { pingMeanwhile } from "./many.ts";

const megabytes = 200;
/** 100 bytes a line, newline included. */
const line = "0123456789".repeat(10).slice(0, 99);
const produce = ["sh", "-c", `yes ${line} | head -c ${megabytes}000000`];

/** Reads a command's output through a pipe and answers MB/s; every byte must arrive. */
async function rate(argv: string[]): Promise<number> {
  const begin = Bun.nanoseconds();
  const child = Bun.spawn(argv, { stdio: ["ignore", "pipe", "ignore"] });
  let bytes = 0;
  for await (const chunk of child.stdout) bytes += chunk.length;
  const seconds = (Bun.nanoseconds() - begin) / 1e9;
  if ((await child.exited) !== 0 || bytes !== megabytes * 1e6)
    throw new Error(`${argv.join(" ")}: ${bytes} bytes came`);
  return megabytes / seconds;
}

async function measure(peer: Peer, rounds: number): Promise<{ run: number; logs: number }> {
  const runs: number[] = [];
  const logs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    runs.push(await rate(peer.command("run", "--name", `lines${round}`, "busybox", ...produce)));
    logs.push(await rate(peer.command("logs", `lines${round}`)));
  }
  for (let round = 0; round < rounds; round++) {
    await Bun.spawn(peer.command("rm", "-f", `lines${round}`), { stdio: ["ignore", "ignore", "ignore"] })
      .exited;
  }
  return { run: median(runs), logs: median(logs) };
}

/** 200 MB of lines through `run` on a pipe and through `logs`, and how fast the engine answers others meanwhile. */
export const lines: Scenario = async (context) => {
  const run: Row = { what: `${megabytes} MB of lines through run`, unit: "MB/s", values: {}, target: "" };
  const logs: Row = { what: `${megabytes} MB of lines through logs`, unit: "MB/s", values: {}, target: "" };
  let ping = Number.NaN;
  for (const peer of peersOf(context)) {
    const measured = { run: 0, logs: 0 };
    const work = async () => {
      Object.assign(measured, await measure(peer, peer.name === "slipway" ? 5 : 2));
    };
    if (peer.name === "slipway") ping = await pingMeanwhile(context.slipway.socket, work);
    else await work();
    run.values[peer.name] = measured.run;
    logs.values[peer.name] = measured.logs;
  }
  const over = (row: Row, peer: "docker" | "podman") => (row.values.slipway ?? 0) / (row.values[peer] ?? 1);
  run.target = `≥ 8 × docker (is ${over(run, "docker").toFixed(1)}), ≥ 1.8 × podman (is ${over(run, "podman").toFixed(1)})`;
  run.met = over(run, "docker") >= 8 && over(run, "podman") >= 1.8;
  logs.target = `≥ 12 × both (is ${Math.min(over(logs, "docker"), over(logs, "podman")).toFixed(1)})`;
  logs.met = over(logs, "docker") >= 12 && over(logs, "podman") >= 12;
  return [
    run,
    logs,
    {
      what: "_ping meanwhile, p99",
      unit: "ms",
      values: { slipway: ping },
      target: "≤ 20 ms",
      met: ping <= 20,
    },
  ];
};
