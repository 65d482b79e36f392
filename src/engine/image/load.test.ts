import { expect, setDefaultTimeout, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { tarHeader, writeTar } from "../../archive/index.ts";
import { digestOf, hexOf } from "../../oci/digest.ts";
import { imageVerbs } from "./index.ts";
import { collectMessages, idle, stored, testRooms } from "./testing.ts";

// Each layer is unpacked in a process of its own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

type Members = Record<string, string | Uint8Array | { link: string }>;

async function tar(members: Members): Promise<Buffer> {
  const entries = Object.entries(members).map(([name, content]) => {
    if (typeof content === "object" && "link" in content) {
      return { header: tarHeader({ name, type: "symlink", linkName: content.link }) };
    }
    const body = Buffer.from(content as string);
    return { header: tarHeader({ name, size: body.length }), body };
  });
  return Buffer.concat(await Array.fromAsync(writeTar(entries)));
}

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

const layer = await tar({ "etc/motd": "hello\n" });
const platform = { os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" };
const configFor = (diffID: string) =>
  JSON.stringify({ ...platform, config: { Cmd: ["sh"] }, rootfs: { type: "layers", diff_ids: [diffID] } });
const config = configFor(digestOf(layer));
const configName = `${hexOf(digestOf(config))}.json`;
const manifest = (layerName = "a/layer.tar", name = configName) =>
  JSON.stringify([{ Config: name, RepoTags: ["app:1"], Layers: [layerName] }]);
const descriptor = (content: string | Uint8Array, mediaType: string) => ({
  mediaType: `application/vnd.oci.image.${mediaType}`,
  digest: digestOf(content),
  size: Buffer.byteLength(content as string),
});
const blob = (content: string | Uint8Array) => `blobs/sha256/${hexOf(digestOf(content))}`;

const packed = gzipSync(layer);
const ociManifest = JSON.stringify({
  schemaVersion: 2,
  config: descriptor(config, "config.v1+json"),
  layers: [descriptor(packed, "layer.v1.tar+gzip")],
});
const ociIndex = JSON.stringify({
  schemaVersion: 2,
  manifests: [
    {
      ...descriptor("of another platform", "manifest.v1+json"),
      platform: { os: "linux", architecture: "s390x" },
    },
    { ...descriptor(ociManifest, "manifest.v1+json"), platform },
  ],
});
const layout: Members = {
  "oci-layout": JSON.stringify({ imageLayoutVersion: "1.0.0" }),
  "index.json": JSON.stringify({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor(ociIndex, "index.v1+json"),
        annotations: { "org.opencontainers.image.ref.name": "docker.io/library/app:1" },
      },
    ],
  }),
  [blob(packed)]: packed,
  [blob(config)]: config,
  [blob(ociManifest)]: ociManifest,
  [blob(ociIndex)]: ociIndex,
};

/** The members that name an index of this one manifest. */
function withIndex(manifest: object): Members {
  const index = JSON.stringify({ schemaVersion: 2, manifests: [manifest] });
  const named = JSON.stringify({ schemaVersion: 2, manifests: [descriptor(index, "index.v1+json")] });
  return { "index.json": named, [blob(index)]: index };
}

const good: Record<string, Buffer> = {
  "a Docker archive": await tar({ "a/layer.tar": layer, [configName]: config, "manifest.json": manifest() }),
  "one with the manifest first": await tar({
    "manifest.json": manifest(),
    [configName]: config,
    "a/layer.tar": layer,
  }),
  "one whose layer is a link": await tar({
    "b/layer.tar": { link: "../a/layer.tar" },
    "a/layer.tar": layer,
    [configName]: config,
    "manifest.json": manifest("b/layer.tar"),
  }),
  "one with compressed layers": await tar({
    "a/layer.tar": packed,
    [configName]: config,
    "manifest.json": manifest(),
  }),
  "an OCI layout for several platforms": await tar(layout),
};
good["a compressed archive"] = gzipSync(good["a Docker archive"] as Buffer);
good["one compressed with zstd"] = Buffer.from(Bun.zstdCompressSync(good["a Docker archive"] as Buffer));
good["one compressed with xz"] = Bun.spawnSync(["xz", "-c"], {
  stdin: good["a Docker archive"] as Buffer,
}).stdout;

for (const program of ["xz", "bzip2"]) {
  const compressed = Bun.spawnSync([program, "-c"], { stdin: layer }).stdout;
  const members = { "a/layer.tar": compressed, [configName]: config, "manifest.json": manifest() };
  good[`one whose layers are compressed with ${program}`] = await tar(members);
}

test.each(Object.entries(good))("%s is loaded", async (_, archive) => {
  await using rooms = await testRooms();
  const verbs = imageVerbs(rooms);
  const messages = await collectMessages(verbs.load(stream(archive), {}, idle));
  expect(messages.at(-1)).toEqual({ stream: "Loaded image: app:1\n" });
  const { Id, RepoTags, RootFS } = await verbs.inspect("app:1");
  expect(Id).toBe(digestOf(config));
  expect(RepoTags).toEqual(["app:1"]);
  expect(RootFS.Layers).toEqual([digestOf(layer)]);
  const directory = rooms.snapshots.directory(digestOf(layer));
  expect(await Bun.file(`${directory}/etc/motd`).text()).toBe("hello\n");
});

const wrongLayer = configFor(digestOf("something else"));
const wrongName = `${hexOf(digestOf(wrongLayer))}.json`;
const whole = good["a Docker archive"] as Buffer;
const traversal = await tar({ "../../evil": "x" });
const escaping = configFor(digestOf(traversal));
const escapingName = `${hexOf(digestOf(escaping))}.json`;
const bad: Record<string, [archive: Buffer, message: RegExp]> = {
  "a truncated archive": [whole.subarray(0, 2000), /truncated/],
  "a truncated compressed archive": [gzipSync(whole).subarray(0, 300), /damaged or truncated/],
  "a truncated layer that is compressed with xz": [
    await tar({
      "a/layer.tar": Bun.spawnSync(["xz", "-c"], { stdin: layer }).stdout.subarray(0, 60),
      [configName]: config,
      "manifest.json": manifest(),
    }),
    /xz compression is damaged: .*xz: \(stdin\): Unexpected end of input/,
  ],
  "no archive at all": [Buffer.alloc(4096, "text "), /./],
  "an empty archive": [Buffer.alloc(1024), /invalid archive: it is empty/],
  "an archive of something else": [await tar({ file: "x" }), /does not contain a manifest.json/],
  "a missing layer": [
    await tar({ [configName]: config, "manifest.json": manifest() }),
    /a\/layer.tar is missing/,
  ],
  "a missing config": [
    await tar({ "a/layer.tar": layer, "manifest.json": manifest() }),
    /configuration .* is missing/,
  ],
  "a wrong diffID": [
    await tar({
      "a/layer.tar": layer,
      [wrongName]: wrongLayer,
      "manifest.json": manifest("a/layer.tar", wrongName),
    }),
    /invalid diffID for layer/,
  ],
  "a blob with a wrong digest": [
    await tar({ ...layout, [blob(packed)]: "something else" }),
    /digest is sha256:/,
  ],
  "an index that lies about a manifest's size": [
    await tar({
      ...layout,
      ...withIndex({ ...descriptor(ociManifest, "manifest.v1+json"), platform, size: 1 }),
    }),
    /the manifest sha256:\w+ has \d+ bytes, not 1$/,
  ],
  "an index without an image for this system": [
    await tar({
      ...layout,
      ...withIndex({ ...descriptor("x", "manifest.v1+json"), platform: { os: "aix", architecture: "ppc" } }),
    }),
    /its image index lists no image for Linux/,
  ],
  "a member that leads out": [await tar({ "../evil": "x" }), /"..\/evil" leads out of the archive/],
  "a layer that leads out": [
    await tar({
      "a/layer.tar": traversal,
      [escapingName]: escaping,
      "manifest.json": manifest("a/layer.tar", escapingName),
    }),
    /leads out of the target/,
  ],
  "a manifest that is no JSON": [await tar({ "manifest.json": "{" }), /failed to decode manifest.json/],
  "a manifest of another shape": [await tar({ "manifest.json": "[1]" }), /without Config and Layers/],
};

test.each(Object.entries(bad))(
  "%s is refused in one line and leaves nothing",
  async (_, [archive, message]) => {
    await using rooms = await testRooms();
    const failure = collectMessages(imageVerbs(rooms).load(stream(archive), {}, idle));
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow("\n");
    expect(await stored(rooms)).toEqual({ blobs: 0, snapshots: 0, images: 0 });
  },
);
