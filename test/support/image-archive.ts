import { tar } from "./tar.ts";

const digest = (data: Uint8Array) => new Bun.CryptoHasher("sha256").update(data).digest("hex");

/** A Docker archive of one image; each layer is one file with the content given, or whatever archive it is. */
export function imageArchive(
  name: string,
  layers: (Uint8Array | Record<string, Uint8Array | string>)[],
): Buffer {
  const archives = layers.map((layer) =>
    layer instanceof Uint8Array
      ? layer
      : tar(Object.entries(layer).map(([path, data]) => ({ name: path, data }))),
  );
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Cmd: ["/bin/x"] },
      rootfs: { type: "layers", diff_ids: archives.map((layer) => `sha256:${digest(layer)}`) },
    }),
  );
  const names = archives.map((_, index) => `${index}/layer.tar`);
  const manifest = [{ Config: `${digest(config)}.json`, RepoTags: [name], Layers: names }];
  return tar([
    { name: `${digest(config)}.json`, data: config },
    ...archives.map((data, index) => ({ name: names[index] as string, data })),
    { name: "manifest.json", data: JSON.stringify(manifest) },
  ]);
}

/** Bytes that no compression makes smaller. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
