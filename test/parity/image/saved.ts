import { createHash, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTar, type TarHeader } from "../../../src/archive/index.ts";

interface Config {
  config?: Record<string, unknown>;
  history: Record<string, unknown>[];
  rootfs: { diff_ids: string[] };
  [field: string]: unknown;
}

/** An image as an engine saves it: its config, and what each path of its layers on each other is. */
export interface SavedImage {
  readonly config: Config;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Reads an archive of `docker save`, in the layout of any version.
 * @param argv the command whose output it is
 */
export async function savedImage(argv: readonly string[]): Promise<SavedImage> {
  const path = join(tmpdir(), `slipway-parity-${randomUUID()}.tar`);
  const saving = Bun.spawn([...argv, "-o", path], { stdio: ["ignore", "ignore", "pipe"] });
  const errors = await saving.stderr.text();
  if ((await saving.exited) !== 0) throw new Error(errors);
  const contents = new Map<string, Buffer>();
  const links = new Map<string, string>();
  for await (const { header, body } of readTar(Bun.file(path).stream())) {
    contents.set(header.name, await bytesOf(body));
    // Docker writes a layer that it has written before as a link to it.
    if (header.type === "symlink") links.set(header.name, join(header.name, "..", header.linkName));
  }
  await Bun.file(path).delete();
  const content = (name: string): Buffer => {
    const bytes = contents.get(links.get(name) ?? name);
    if (bytes === undefined) throw new Error(`${argv.join(" ")}: there is no ${name} in it`);
    return bytes;
  };
  const [manifest] = JSON.parse(content("manifest.json").toString()) as [
    { Config: string; Layers: string[] },
  ];
  const files = new Map<string, string>();
  for (const layer of manifest.Layers) await apply(files, content(layer));
  return { config: JSON.parse(content(manifest.Config).toString()), files };
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(body));
}

async function apply(files: Map<string, string>, layer: Uint8Array): Promise<void> {
  const plain = layer[0] === 0x1f ? Bun.gunzipSync(new Uint8Array(layer)) : layer;
  const added = new Map<string, string>();
  const drop = (below: string) => {
    for (const path of files.keys()) if (path.startsWith(`${below}/`)) files.delete(path);
  };
  for await (const { header, body } of readTar(new Blob([new Uint8Array(plain)]).stream())) {
    const path = `/${header.name}`.replace(/\/(\.\/)*/g, "/").replace(/\/\.?$/, "");
    const base = path.slice(path.lastIndexOf("/") + 1);
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (base === ".wh..wh..opq") drop(folder);
    else if (base.startsWith(".wh.")) {
      drop(`${folder}/${base.slice(4)}`);
      files.delete(`${folder}/${base.slice(4)}`);
    } else {
      const described = describe(header, await bytesOf(body));
      added.set(path, described);
      if (header.type !== "directory") drop(path);
    }
  }
  for (const [path, description] of added) files.set(path, description);
}

function describe(header: TarHeader, content: Uint8Array): string {
  const parts = [header.type, header.mode.toString(8), `${header.uid}:${header.gid}`];
  if (header.linkName !== "")
    parts.push(`to ${header.linkName.replace(/^(\.?\/)/, header.type === "hardlink" ? "" : "$1")}`);
  if (header.type === "file") {
    parts.push(createHash("sha256").update(content).digest("hex").slice(0, 12), `${content.length} bytes`);
    const seconds = Number(header.mtime / 1_000_000_000n);
    // What was made just now is as old as its build.
    parts.push(Date.now() / 1000 - seconds < 7200 ? "now" : new Date(seconds * 1000).toISOString());
  }
  if (header.type === "char" || header.type === "block") parts.push(`${header.devMajor},${header.devMinor}`);
  // Docker's layers have no others.
  for (const [name, value] of [...header.xattrs].filter(([name]) => !name.startsWith("user.")).sort())
    parts.push(`${name}=${Buffer.from(value).toString("hex")}`);
  return parts.join(" ");
}
