import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, output, timed } from "../measure.ts";
import { peersOf, type Row, type Scenario } from "../scenario.ts";

const files = 30_000;
const bytes = 300e6;
const rounds = 3;

/** A Docker archive with one layer of 30,000 files, 300 MB together; `seed` makes its content its own. */
async function archive(scratch: string, seed: number): Promise<string> {
  const root = join(scratch, `image${seed}`);
  const size = Math.floor(bytes / files);
  const content = Buffer.alloc(size);
  for (let index = 0; index < files; index++) {
    const folder = join(root, `d${index % 300}`);
    if (index < 300) mkdirSync(folder, { recursive: true });
    crypto.getRandomValues(content.subarray(0, 1024));
    content.writeUInt32LE(seed, 0);
    writeFileSync(join(folder, `f${index}`), content);
  }
  const layer = join(scratch, "layer.tar");
  await output(["tar", "-C", root, "-cf", layer, "."]);
  const digest = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(layer).stream()) digest.update(chunk);
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: { Cmd: ["true"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest.digest("hex")}`] },
    history: [{ created_by: "bench" }],
  });
  const name = `${new Bun.CryptoHasher("sha256").update(config).digest("hex")}.json`;
  writeFileSync(join(scratch, name), config);
  writeFileSync(
    join(scratch, "manifest.json"),
    JSON.stringify([{ Config: name, RepoTags: [`load${seed}:latest`], Layers: ["layer.tar"] }]),
  );
  const path = join(scratch, `load${seed}.tar`);
  await output(["tar", "-C", scratch, "-cf", path, "manifest.json", name, "layer.tar"]);
  // What is deleted here slows the file system's next allocations: files stay until the end.
  return path;
}

/** `load` of distinct images: deleting one in the loop would distort the figures of those after it. */
export const load: Scenario = async (context) => {
  const archives: string[] = [];
  for (let seed = 0; seed < rounds * 3; seed++) archives.push(await archive(context.scratch, seed));
  await output(["sync"]);
  const samples: Record<string, number[]> = { slipway: [], docker: [], podman: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [index, peer] of peersOf(context).entries()) {
      samples[peer.name]?.push(
        await timed(peer.command("load", "-q", "-i", archives[round * 3 + index] ?? "")),
      );
    }
  }
  const values = {
    slipway: median(samples.slipway ?? []),
    docker: median(samples.docker ?? []),
    podman: median(samples.podman ?? []),
  };
  const ratio = values.slipway / Math.min(values.docker, values.podman);
  const row: Row = {
    what: "load of 300 MB in 30,000 files",
    unit: "ms",
    values,
    target: `≤ 1/2 of both (is ${ratio.toFixed(2)})`,
    met: ratio <= 0.5,
  };
  return [row];
};
