import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "./measure.ts";

/** What the layers of an image hold: all of them together 300 MB. */
export interface ImageKind {
  readonly what: string;
  readonly layers: number;
  readonly filesInLayer: number;
}

export const smallFiles: ImageKind = {
  what: "300 MB in 30,000 files",
  layers: 1,
  filesInLayer: 30_000,
};
export const largeFiles: ImageKind = { what: "300 MB in 40 files, 4 layers", layers: 4, filesInLayer: 10 };

const bytes = 300e6;
/** So much of a file is noise, and the rest text: as images are, it compresses to somewhat less than half. */
const noise = 0.3;

/** A Docker archive called `name`; `seed` makes its content its own. */
export async function imageArchive(
  scratch: string,
  name: string,
  kind: ImageKind,
  seed: number,
): Promise<string> {
  const file = name.replace(/\W/g, "-");
  const root = join(scratch, `image-${file}`);
  mkdirSync(root);
  const layers: string[] = [];
  const diffIDs: string[] = [];
  for (let index = 0; index < kind.layers; index++) {
    const layer = `layer${index}.tar`;
    writeTree(join(root, "tree"), kind, seed * kind.layers + index);
    await output(["tar", "-C", join(root, "tree"), "-cf", join(root, layer), "."]);
    // What is deleted here slows the file system's next allocations: it stays, under another name.
    await output(["mv", join(root, "tree"), join(root, `tree${index}`)]);
    layers.push(layer);
    diffIDs.push(`sha256:${await sha256(join(root, layer))}`);
  }
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: { Cmd: ["true"] },
    rootfs: { type: "layers", diff_ids: diffIDs },
    history: layers.map(() => ({ created_by: "bench" })),
  });
  writeFileSync(join(root, "config.json"), config);
  const configName = `${await sha256(join(root, "config.json"))}.json`;
  await output(["mv", join(root, "config.json"), join(root, configName)]);
  writeFileSync(
    join(root, "manifest.json"),
    JSON.stringify([{ Config: configName, RepoTags: [name], Layers: layers }]),
  );
  const path = join(scratch, `${file}.tar`);
  await output(["tar", "-C", root, "-cf", path, "manifest.json", configName, ...layers]);
  for (const layer of layers) rmSync(join(root, layer));
  return path;
}

/** Writes what one layer of the kind holds. */
export function writeTree(root: string, { layers, filesInLayer }: ImageKind, seed: number): void {
  const size = Math.floor(bytes / layers / filesInLayer);
  const content = Buffer.alloc(size, `seed ${seed}: all work and no play makes Jack a dull boy\n`);
  const random = Math.floor(size * noise);
  for (let index = 0; index < filesInLayer; index++) {
    const folder = join(root, `d${index % 300}`);
    if (index < 300) mkdirSync(folder, { recursive: true });
    for (let at = 0; at < random; at += 65_536)
      crypto.getRandomValues(content.subarray(at, Math.min(at + 65_536, random)));
    writeFileSync(join(folder, `f${index}`), content);
  }
}

async function sha256(path: string): Promise<string> {
  const digest = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) digest.update(chunk);
  return digest.digest("hex");
}
