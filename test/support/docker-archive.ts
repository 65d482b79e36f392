import { gzipSync } from "node:zlib";
import { type TarEntry, tar } from "./tar.ts";

export const sha256 = (data: Uint8Array | string) =>
  new Bun.CryptoHasher("sha256").update(data).digest("hex");

const host = { os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" };

export interface ArchivedImage {
  readonly tag?: string;
  /** Of each layer, the lowest first, its files. */
  readonly layers: readonly TarEntry[][];
  readonly labels?: Record<string, string>;
  /** By default the host's. */
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

/** What `docker save` wrote before it wrote OCI layouts: an image with compressed layers, which only a load brings back. */
export function dockerArchive({ tag, layers, labels, platform = host }: ArchivedImage): Buffer {
  const archives = layers.map((entries) => tar(entries));
  const config = JSON.stringify({
    ...platform,
    config: { Cmd: ["/bin/x"], ...(labels === undefined ? {} : { Labels: labels }) },
    rootfs: { type: "layers", diff_ids: archives.map((archive) => `sha256:${sha256(archive)}`) },
  });
  const names = archives.map((archive) => `${sha256(archive)}/layer.tar`);
  const manifest = [
    { Config: `${sha256(config)}.json`, RepoTags: tag === undefined ? null : [tag], Layers: names },
  ];
  return tar([
    { name: `${sha256(config)}.json`, data: config },
    ...archives.map((archive, at) => ({ name: names[at] as string, data: gzipSync(archive) })),
    { name: "manifest.json", data: JSON.stringify(manifest) },
  ]);
}
