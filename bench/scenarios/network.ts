import { nameLatency, pidOf, throughput } from "../iperf.ts";
import { compare, median, output, timed } from "../measure.ts";
import type { Peer } from "../peers/peer.ts";
import { type Context, peersOf, type Row, type Scenario } from "../scenario.ts";

const networks = 200;
const crowd = 500;
const published = 25_201;

const sleeper = (peer: Peer, name: string, ...options: string[]) =>
  peer.command("run", "-d", "--name", name, ...options, "busybox", "sleep", "100000");

async function addressOf(peer: Peer, container: string, network: string): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
  return await output(peer.command("inspect", "--format", format, container));
}

/** What passes between containers, and from the host through a published port. */
async function throughputs(context: Context): Promise<Row[]> {
  const paths: Record<"between" | "published" | "direct", Row["values"]> = {
    between: {},
    published: {},
    direct: {},
  };
  for (const peer of peersOf(context)) {
    const port = published + peersOf(context).indexOf(peer);
    await output(peer.command("network", "create", "speed"));
    await output(sleeper(peer, "server", "--network", "speed", "-p", `${port}:5201`));
    await output(sleeper(peer, "client", "--network", "speed"));
    const [server, client] = [await pidOf(peer, "server"), await pidOf(peer, "client")];
    const address = await addressOf(peer, "server", "speed");
    const values = await compare(3, {
      between: () => throughput(server, client, { address }),
      published: () => throughput(server, undefined, { address: "127.0.0.1", port }),
      direct: () => throughput(server, undefined, { address }),
    });
    for (const path of ["between", "published", "direct"] as const) paths[path][peer.name] = values[path];
    await output(peer.command("rm", "-f", "server", "client"));
    await output(peer.command("network", "rm", "speed"));
  }
  const row = (what: string, values: Row["values"]): Row => {
    const ratio = (values.slipway ?? 0) / (values.docker ?? 1);
    // Runs of one engine differ by as much.
    const noise = 0.95;
    return {
      what,
      unit: "MB/s",
      values,
      target: `≥ docker without its proxy (is ${ratio.toFixed(2)} ×)`,
      met: ratio >= noise,
    };
  };
  const local = (paths.published.slipway ?? 0) / (paths.direct.slipway ?? 1);
  return [
    row("TCP between two containers", paths.between),
    row("TCP from the host to a published port on 127.0.0.1", paths.published),
    {
      what: "TCP from the host to the container's own address",
      unit: "MB/s",
      values: paths.direct,
      target: `127.0.0.1 no slower (is ${local.toFixed(2)} ×)`,
      met: local >= 0.95,
    },
  ];
}

/** The commands that change networks, and a run on one that the user made. */
async function changes(context: Context): Promise<Row[]> {
  const peers = peersOf(context);
  for (const peer of peers) {
    await output(peer.command("network", "create", "mine"));
    await output(sleeper(peer, "member"));
  }
  const each = (work: (peer: Peer) => Promise<number>) =>
    Object.fromEntries(peers.map((peer) => [peer.name, () => work(peer)])) as Record<
      Peer["name"],
      () => Promise<number>
    >;
  const connect = await compare(
    9,
    each(async (peer) => {
      const took = await timed(peer.command("network", "connect", "mine", "member"));
      await timed(peer.command("network", "disconnect", "mine", "member"));
      return took;
    }),
  );
  const cycle = await compare(
    9,
    each(
      async (peer) =>
        (await timed(peer.command("network", "create", "brief"))) +
        (await timed(peer.command("network", "rm", "brief"))),
    ),
  );
  const runs = (network: string) =>
    each((peer) => timed(peer.command("run", "--rm", "--network", network, "busybox", "true")));
  const onDefault = await compare(11, runs("bridge"));
  const onOwn = await compare(11, runs("mine"));
  for (const peer of peers) {
    await output(peer.command("rm", "-f", "member"));
    await output(peer.command("network", "rm", "mine"));
  }
  const cycleShare = cycle.slipway / cycle.docker;
  const runShare = onOwn.slipway / onDefault.slipway;
  return [
    {
      what: "network connect",
      unit: "ms",
      values: connect,
      target: "< 30 ms",
      met: connect.slipway < 30,
    },
    {
      what: "network create and rm",
      unit: "ms",
      values: cycle,
      target: `≤ 1/4 of docker (is ${cycleShare.toFixed(2)})`,
      met: cycleShare <= 1 / 4,
    },
    {
      what: "run --rm on a user-defined network",
      unit: "ms",
      values: onOwn,
      target: `≤ 1.3 × the default bridge (is ${runShare.toFixed(2)})`,
      met: runShare <= 1.3,
    },
  ];
}

/** Many networks, and many containers on one of them: the last may not pay for those before it. */
async function crowds({ slipway }: Context): Promise<Row[]> {
  const names = Array.from({ length: networks }, (_, index) => `many${index}`);
  const begin = Bun.nanoseconds();
  for (const name of names) await output(slipway.command("network", "create", name));
  const creation = (Bun.nanoseconds() - begin) / 1e6 / networks;
  const starts: number[] = [];
  for (let index = 0; index < crowd; index++) {
    starts.push(await timed(sleeper(slipway, `crowd${index}`, "--network", "many0")));
  }
  const [first, last] = [median(starts.slice(0, 10)), median(starts.slice(-10))];
  const latency = await nameLatency(await pidOf(slipway, "crowd0"), `crowd${crowd - 1}`, 2000);
  await output(slipway.command("rm", "-f", ...Array.from({ length: crowd }, (_, index) => `crowd${index}`)));
  for (const name of names) await output(slipway.command("network", "rm", name));
  return [
    {
      what: `network create, each of ${networks}`,
      unit: "ms",
      values: { slipway: creation },
      target: "",
    },
    {
      what: `run -d of the last of ${crowd} containers on one of ${networks} networks (the first: ${first.toFixed(0)} ms)`,
      unit: "ms",
      values: { slipway: last },
      target: `≤ 2 × the first (is ${(last / first).toFixed(2)})`,
      met: last <= 2 * first,
    },
    {
      what: "a name is answered, 99th percentile",
      unit: "ms",
      values: { slipway: latency },
      target: "≤ 2 ms",
      met: latency <= 2,
    },
  ];
}

/** Throughput, the commands that change networks, and crowds. */
export const network: Scenario = async (context) => [
  ...(await throughputs(context)),
  ...(await changes(context)),
  ...(await crowds(context)),
];
