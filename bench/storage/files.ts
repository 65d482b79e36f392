import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { median, output } from "../measure.ts";
import type { Peer } from "../peers/peer.ts";
import { type Context, peersOf, type Row } from "../scenario.ts";
import { bundle, type Program } from "./program.ts";

const rounds = 9;
/** How much longer than on the host something may take in a container. */
const allowance = 1.03;

const parts = {
  write: "128 MB written in sequence and fsynced",
  read: "128 MB read in sequence from disk",
  random: "300 × 4 KiB written at random, fdatasynced each",
  create: "20,000 files created",
  stat: "20,000 files asked for (stat)",
  rename: "20,000 files renamed",
  unlink: "20,000 files deleted",
} as const;
type Part = keyof typeof parts;
type Times = Partial<Record<Part, number>>;

/** Somewhere to work in: a directory, and how a command is run where it is seen. */
interface Place {
  readonly name: string;
  readonly root: string;
  run(argv: string[]): string[];
}

/**
 * The same program on the host, in a bind mount and in a volume of each engine, all on one file system. Every round meets all
 * of them, beginning with another one, and is compared with the host's time of the same round. Nothing is deleted before the last
 * round, since that slows the next creations. The host works twice a round: what that differs by is the measure's own error.
 */
export async function files(context: Context): Promise<Row[]> {
  const program = await bundle(context.scratch, join(import.meta.dir, "work.ts"));
  const peers = peersOf(context);
  const places = [hostPlace("host", context), hostPlace("again", context)];
  for (const peer of peers) places.push(...(await mounted(context, peer, program)));
  const samples = new Map<string, Times[]>(places.map(({ name }) => [name, []]));
  for (const only of [[], ["unlink"]]) {
    for (let round = 0; round < rounds; round++) {
      for (const { name, root, run } of rotated(places, round)) {
        await output(["sync"]);
        const text = await output(run(program.command(join(root, `round${round}`), ...only)));
        const of = samples.get(name) ?? [];
        of[round] = { ...of[round], ...(JSON.parse(text) as Times) };
      }
    }
  }
  for (const peer of peers) await output(peer.command("rm", "-f", "files"));
  return (["volume", "bind"] as const).flatMap((kind) =>
    (Object.keys(parts) as Part[]).map((part) => row(part, kind, peers, samples)),
  );
}

function hostPlace(name: string, { scratch }: Context): Place {
  const root = join(scratch, `files-${name}`);
  mkdirSync(root);
  return { name, root, run: (argv) => argv };
}

/** A container of the engine that has a volume and a directory of the host's. */
async function mounted({ scratch }: Context, peer: Peer, { directory }: Program): Promise<Place[]> {
  const bind = join(scratch, `files-${peer.name}`);
  mkdirSync(bind);
  const mounts = [`${directory}:${directory}:ro`, "files:/volume", `${bind}:/bind`];
  await output(
    peer.command(
      ...["run", "-d", "--name", "files", ...mounts.flatMap((mount) => ["-v", mount])],
      ...["busybox", "sleep", "100000"],
    ),
  );
  const run = (argv: string[]) => peer.command("exec", "files", ...argv);
  return (["volume", "bind"] as const).map((kind) => ({
    name: `${peer.name} ${kind}`,
    root: `/${kind}`,
    run,
  }));
}

const rotated = <T>(all: T[], by: number): T[] =>
  all.map((_, index) => all[(index + by) % all.length]).filter((one) => one !== undefined);

function row(part: Part, kind: "volume" | "bind", peers: Peer[], samples: Map<string, Times[]>): Row {
  const timesOf = (name: string) => (samples.get(name) ?? []).map((times) => times[part] ?? Number.NaN);
  const host = timesOf("host");
  const overHost = (name: string) => median(timesOf(name).map((time, round) => time / (host[round] ?? 1)));
  const ratio = overHost(`slipway ${kind}`);
  return {
    what: `${parts[part]}, in a ${kind === "bind" ? "bind mount" : kind}`,
    unit: "ms",
    values: Object.fromEntries(peers.map(({ name }) => [name, median(timesOf(`${name} ${kind}`))])),
    target: `within 3 % of the host's ${median(host).toFixed(0)} ms (is ${ratio.toFixed(3)}; the host again ${overHost("again").toFixed(3)})`,
    met: ratio <= allowance,
  };
}
