import { rmSync } from "node:fs";
import { join } from "node:path";
import { type ImageKind, imageArchive, largeFiles, smallFiles } from "../image-archive.ts";
import { median, output, timed } from "../measure.ts";
import { peak } from "../memory.ts";
import type { Peer } from "../peers/peer.ts";
import { startRegistry } from "../registry.ts";
import { type Context, peersOf, type Row, type Scenario } from "../scenario.ts";

const rounds = 3;
const verbs = ["load", "save", "push", "pull", "rmi"] as const;
type Verb = (typeof verbs)[number];
const targets: Record<Verb, number> = { load: 1 / 3, save: 1 / 2, push: 1 / 2, pull: 1 / 2, rmi: 1 / 3 };
const shown: Record<number, string> = { [1 / 3]: "1/3", [1 / 2]: "1/2" };

/**
 * Images that come and go, through a real registry. Everything is measured on images of its own: none is deleted before
 * the last was made, since deleting slows the file system's next allocations, and each engine pulls what another pushed.
 */
export const images: Scenario = async (context) => {
  const registry = await startRegistry();
  try {
    return [
      ...(await measure(context, registry.host, largeFiles)),
      ...(await measure(context, registry.host, smallFiles)),
    ];
  } finally {
    await registry.stop();
  }
};

async function measure(context: Context, host: string, kind: ImageKind): Promise<Row[]> {
  const peers = peersOf(context);
  const name = (round: number, index: number) =>
    `${host}/bench${kind.layers}-${round}-${index % peers.length}:1`;
  const samples: Record<Verb, Record<string, number[]>> = { load: {}, save: {}, push: {}, pull: {}, rmi: {} };
  const note = (verb: Verb, peer: Peer, value: number) => {
    samples[verb][peer.name] = [...(samples[verb][peer.name] ?? []), value];
  };
  const insecure = (peer: Peer) => (peer.name === "podman" ? ["--tls-verify=false"] : []);
  const peaks: number[] = [];
  const archives: string[] = [];
  for (let seed = 0; seed < rounds * peers.length; seed++)
    archives.push(await imageArchive(context.scratch, name(Math.floor(seed / 3), seed), kind, seed));
  for (let round = 0; round < rounds; round++) {
    await output(["sync"]);
    for (const [index, peer] of peers.entries()) {
      const own = name(round, index);
      const saved = join(context.scratch, `saved${kind.layers}-${peer.name}-${round}.tar`);
      const run = async (verb: Verb, ...args: string[]) =>
        note(verb, peer, await timed(peer.command(...args)));
      const memory = peer.name === "slipway" ? peak(peer.root) : undefined;
      await run("load", "load", "-q", "-i", archives[round * 3 + index] ?? "");
      await run("save", "save", "-o", saved, own);
      await run("push", "push", "-q", ...insecure(peer), own);
      if (memory !== undefined) peaks.push(memory());
    }
    for (const [index, peer] of peers.entries()) {
      const memory = peer.name === "slipway" ? peak(peer.root) : undefined;
      const foreign = name(round, index + 1);
      note("pull", peer, await timed(peer.command("pull", "-q", ...insecure(peer), foreign)));
      if (memory !== undefined) peaks.push(memory());
    }
  }
  for (let round = 0; round < rounds; round++)
    for (const [index, peer] of peers.entries())
      note("rmi", peer, await timed(peer.command("rmi", name(round, index + 1))));
  for (const archive of archives) rmSync(archive);
  return [...verbs.map((verb) => row(verb, kind, samples[verb])), memoryRow(kind, Math.max(...peaks))];
}

function row(verb: Verb, { what }: ImageKind, samples: Record<string, number[]>): Row {
  const values = {
    slipway: median(samples.slipway ?? []),
    docker: median(samples.docker ?? []),
    podman: median(samples.podman ?? []),
  };
  // Pull and push are promised against Docker, the others against the better of the two.
  const isTransfer = verb === "pull" || verb === "push";
  const peer = isTransfer ? values.docker : Math.min(values.docker, values.podman);
  const ratio = values.slipway / peer;
  const limit = targets[verb];
  return {
    what: `${verb} of ${what}`,
    unit: "ms",
    values,
    target: `≤ ${shown[limit]} of ${isTransfer ? "docker" : "the better"} (is ${ratio.toFixed(2)})`,
    met: ratio <= limit,
  };
}

function memoryRow({ what }: ImageKind, value: number): Row {
  return {
    what: `peak memory of load, save, push and pull of ${what} (Pss)`,
    unit: "MB",
    values: { slipway: value },
    target: "< 200 MB",
    met: value < 200,
  };
}
