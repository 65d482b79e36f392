import { median, output, percentile } from "../measure.ts";
import { atRest, pss } from "../memory.ts";
import type { Peer } from "../peers/peer.ts";
import { peersOf, type Row, type Scenario } from "../scenario.ts";

const count = 20;

async function atOnce(peer: Peer): Promise<number> {
  const begin = Bun.nanoseconds();
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      output(peer.command("run", "-d", "--name", `many${index}`, "busybox", "sleep", "1000")),
    ),
  );
  return (Bun.nanoseconds() - begin) / 1e6;
}

async function removeAll(peer: Peer): Promise<number> {
  const begin = Bun.nanoseconds();
  await output(peer.command("rm", "-f", ...Array.from({ length: count }, (_, index) => `many${index}`)));
  return (Bun.nanoseconds() - begin) / 1e6;
}

/** Twenty containers started at once and removed, and what the engine's processes take before and meanwhile. */
export const many: Scenario = async (context) => {
  const rows: Record<"start" | "remove" | "idle" | "each", Row> = {
    start: { what: `${count} × run -d at once`, unit: "ms", values: {}, target: "≤ 1/6 of docker" },
    remove: { what: `rm -f of ${count}`, unit: "ms", values: {}, target: "≤ 1/6 of docker" },
    idle: { what: "memory of the idle engine (Pss)", unit: "MB", values: {}, target: "≤ 1/2 of docker" },
    each: { what: "memory for each further container (Pss)", unit: "MB", values: {}, target: "< 1 MB" },
  };
  for (const peer of peersOf(context)) {
    await atRest();
    const idle = pss(peer.root);
    const starts: number[] = [];
    const removals: number[] = [];
    const grown: number[] = [];
    for (let round = 0; round < 5; round++) {
      starts.push(await atOnce(peer));
      await atRest();
      grown.push((pss(peer.root) - idle) / count);
      removals.push(await removeAll(peer));
    }
    rows.start.values[peer.name] = median(starts);
    rows.remove.values[peer.name] = median(removals);
    rows.idle.values[peer.name] = idle;
    rows.each.values[peer.name] = median(grown);
  }
  const share = (row: Row) => (row.values.slipway ?? 0) / (row.values.docker ?? 1);
  rows.start.met = share(rows.start) <= 1 / 6;
  rows.remove.met = share(rows.remove) <= 1 / 6;
  rows.idle.met = share(rows.idle) <= 1 / 2;
  rows.each.met = (rows.each.values.slipway ?? 1) < 1;
  return Object.values(rows);
};

/** A thousand containers come and go: nothing may be left, and the engine's memory must come back. */
export const churn: Scenario = async ({ slipway }) => {
  const leftovers = () =>
    output([
      "sh",
      "-c",
      `echo "$(ls ${slipway.root}/data/containers | wc -l) $(ls ${slipway.root}/run/containers | wc -l) $(ls ${slipway.root}/data/snapshots/snapshots 2>/dev/null | wc -l) $(grep -c ${slipway.root} /proc/mounts) $(iptables-save | grep -c slbench0) $(find /sys/fs/cgroup -maxdepth 4 -path '*slipway/*' -type d | wc -l)"`,
    ]);
  const round = async (amount: number) => {
    for (let done = 0; done < amount; done += 10) {
      await Promise.all(
        Array.from({ length: 10 }, () => output(slipway.command("run", "--rm", "busybox", "true"))),
      );
    }
  };
  await round(100);
  await atRest();
  const [memory, found] = [pss(slipway.root), await leftovers()];
  await round(1000);
  await atRest();
  const grown = pss(slipway.root) - memory;
  const after = await leftovers();
  return [
    {
      what: "engine memory after 1,000 containers more",
      unit: "MB",
      values: { slipway: grown },
      target: "within 10 MB",
      met: grown <= 10,
    },
    {
      what: `leftovers of them (containers, bundles, snapshots, mounts, rules, groups: ${found} → ${after})`,
      unit: "",
      values: { slipway: after === found ? 0 : 1 },
      target: "none",
      met: after === found,
    },
  ];
};

/** Round trips of GET /_ping while something else goes on; stops when told. */
export async function pingMeanwhile(socket: string, work: () => Promise<void>): Promise<number> {
  const samples: number[] = [];
  let going = true;
  const pings = (async () => {
    while (going) {
      const begin = Bun.nanoseconds();
      await (await fetch("http://engine/_ping", { unix: socket })).text();
      samples.push((Bun.nanoseconds() - begin) / 1e6);
      await Bun.sleep(5);
    }
  })();
  await work();
  going = false;
  await pings;
  return percentile(samples, 0.99);
}
