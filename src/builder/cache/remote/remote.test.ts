import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildCacheOption } from "../../../api/build.ts";
import { digestOf } from "../../../oci/digest.ts";
import type { ImageConfig } from "../../../oci/image.ts";
import type { ResultCache, SolvedStep } from "../../solver/index.ts";
import { cacheConfigType, cacheDocument, readCacheDocument } from "./document.ts";
import { type CacheContents, checkExports, exportCaches, Imports } from "./index.ts";
import { inlineCache, readInlineCache } from "./inline.ts";
import { Host, KeepingRegistry } from "./testing.ts";

// Children that pack and unpack take a busy machine its time.
setDefaultTimeout(60_000);

const idle = new AbortController().signal;

/** Where something was built: a base with a step on it, which the target is, and a stage beside them. */
let first: Host;
let base: SolvedStep;
let top: SolvedStep;
let beside: SolvedStep;
let contents: CacheContents;
beforeAll(async () => {
  first = await Host.open();
  base = await first.step("base", undefined, "the base");
  top = await first.step("top", base, "what is on it");
  beside = await first.step("beside", undefined, "x".repeat(5000));
  contents = { steps: [base, top, beside], results: [top.layers] };
});
afterAll(() => first[Symbol.asyncDispose]());

let directories = 0;
const newDirectory = () => join(first.rooms.dataRoot, `out/${directories++}`);

async function imported<T>(
  host: Host,
  from: BuildCacheOption,
  work: (cache: ResultCache | undefined) => Promise<T>,
) {
  await using imports = await Imports.open(host.job({ CacheFrom: [from] }), []);
  return await work(imports.all[0]);
}

const local = (directory: string, more: Record<string, string> = {}) => ({
  to: { Type: "local", Attributes: { dest: directory, ...more } },
  from: { Type: "local", Attributes: { src: directory } },
});

const namesOf = (host: Host, { layers }: Pick<SolvedStep, "layers">) =>
  layers.map(({ chainID }) => readdirSync(host.rooms.snapshots.directory(chainID)));

test.each(["gzip", "zstd", "uncompressed"])(
  "a directory has a cache that another host uses: %s",
  async (compression) => {
    await using second = await Host.open();
    const { to, from } = local(newDirectory(), { mode: "max", compression });
    await exportCaches(first.job({ CacheTo: [to] }), contents);
    await imported(second, from, async (cache) => {
      expect(await cache?.lookup(top.key, idle, top)).toEqual(top.layers);
      expect(await cache?.lookup(digestOf("other"), idle, top)).toBeUndefined();
    });
    expect(namesOf(second, top)).toEqual([["base"], ["top"]]);
    // What was not asked for was not brought.
    expect(second.rooms.snapshots.has(beside.layers[0]?.chainID ?? "")).toBe(false);
  },
);

test("mode=min has what the image has, and an export leaves other tags and what is there already", async () => {
  const directory = newDirectory();
  await exportCaches(first.job({ CacheTo: [local(directory).to] }), contents);
  const blobs = readdirSync(join(directory, "blobs/sha256"));
  const [one = ""] = blobs;
  const before = statSync(join(directory, "blobs/sha256", one)).ino;
  const more = local(directory, { tag: "other", mode: "max" });
  await exportCaches(first.job({ CacheTo: [more.to] }), contents);
  expect(statSync(join(directory, "blobs/sha256", one)).ino).toBe(before);
  await using fresh = await Host.open();
  const { from } = local(directory);
  await imported(fresh, from, async (cache) => {
    expect(await cache?.lookup(beside.key, idle, beside)).toBeUndefined();
    expect(await cache?.lookup(top.key, idle, top)).toEqual(top.layers);
  });
  const other = { Type: "local", Attributes: { src: directory, tag: "other" } };
  await imported(fresh, other, async (cache) => {
    expect(await cache?.lookup(beside.key, idle, beside)).toEqual(beside.layers);
  });
});

test.each([
  { attributes: {}, type: "application/vnd.oci.image.manifest.v1+json" },
  { attributes: { "image-manifest": "false" }, type: "application/vnd.oci.image.index.v1+json" },
  {
    attributes: { "image-manifest": "false", "oci-mediatypes": "false" },
    type: "application/vnd.docker.distribution.manifest.list.v2+json",
  },
])("a registry has a cache, of which only hits are fetched: %j", async ({ attributes, type }) => {
  await using second = await Host.open();
  await using registry = await KeepingRegistry.open();
  const ref = `${registry.host}/app:cache`;
  const to = { Type: "registry", Attributes: { ref, mode: "max", ...attributes } };
  await exportCaches(first.job({ CacheTo: [to] }), contents);
  expect(registry.manifests.get("cache")?.type).toBe(type);
  expect(registry.manifests.get("cache")?.bytes.toString()).toContain(cacheConfigType);
  await imported(second, { Type: "registry", Attributes: { ref } }, async (cache) => {
    registry.fetched.length = 0;
    expect(await cache?.lookup(base.key, idle, base)).toEqual(base.layers);
    expect(registry.fetched).toHaveLength(1);
    expect(await cache?.lookup(base.key, idle, base)).toEqual(base.layers);
    expect(registry.fetched).toHaveLength(1);
  });
});

test("a cache that is missing, damaged or of something else is told, and no reason to fail", async () => {
  const directory = newDirectory();
  const { to, from } = local(directory);
  const missing = await imported(first, from, async (cache) => cache);
  expect(missing).toBeUndefined();
  expect(first.steps.at(-1)).toContain(`there is no cache latest in ${directory}`);
  await exportCaches(first.job({ CacheTo: [to] }), contents);
  await using fresh = await Host.open();
  for (const name of readdirSync(join(directory, "blobs/sha256"))) {
    const path = join(directory, "blobs/sha256", name);
    const bytes = readFileSync(path);
    if (bytes[0] === 0x1f) writeFileSync(path, Buffer.concat([bytes.subarray(0, -1), Buffer.from("?")]));
  }
  expect(
    await imported(fresh, from, async (cache) => await cache?.lookup(top.key, idle, top)),
  ).toBeUndefined();
  expect(fresh.steps.some((step) => step.startsWith(`cannot use the cache ${directory}: `))).toBe(true);
  writeFileSync(join(directory, "index.json"), "{}");
  expect(await imported(fresh, from, async (cache) => cache)).toBeUndefined();
});

test("an image has its own cache in its config", async () => {
  const inline = inlineCache(contents.steps, top.layers);
  const config = {
    ...{ os: "linux", architecture: "amd64" },
    rootfs: { type: "layers", diff_ids: top.layers.map(({ diffID }) => diffID) },
    history: [
      { created: "2024-01-02T03:04:05Z" },
      { created: "2024-01-02T03:04:05Z", empty_layer: true },
      { created: "2025-01-02T03:04:05Z" },
    ],
    "moby.buildkit.cache.v0": inline,
  } as ImageConfig;
  const blobs = top.layers.map(({ diffID }) => ({ mediaType: "tar", digest: diffID, size: 1 }));
  const records = readInlineCache(config, blobs);
  expect([...records.keys()].sort()).toEqual([base.key, top.key].sort());
  expect(records.get(top.key)).toMatchObject({
    chainID: top.layers[1]?.chainID ?? "",
    created: "2025-01-02T03:04:05Z",
    parent: { chainID: top.layers[0]?.chainID ?? "", created: "2024-01-02T03:04:05Z" },
  });
  expect(inlineCache([], top.layers)).toBeUndefined();
});

test("what is wrong with the request is an error before anything is built", async () => {
  const wrong: [BuildCacheOption, string][] = [
    [{ Type: "local", Attributes: {} }, "dest is required for local cache exporter"],
    [{ Type: "registry", Attributes: { ref: "a", mode: "most" } }, "invalid cache export mode: most"],
    [
      { Type: "registry", Attributes: { ref: "a", compression: "rar" } },
      "unsupported layer compression type: rar",
    ],
    [{ Type: "gha", Attributes: {} }, "the cache exporter gha is not supported"],
    [{ Type: "ftp", Attributes: {} }, 'unknown cache exporter: "ftp"'],
    [
      { Type: "registry", Attributes: { ref: "a", "image-manifest": "true", "oci-mediatypes": "false" } },
      "invalid configuration for image-manifest=true",
    ],
  ];
  for (const [option, message] of wrong)
    expect(() => checkExports(first.job({ CacheTo: [option] }))).toThrow(message);
  await expect(
    Imports.open(first.job({ CacheFrom: [{ Type: "local", Attributes: {} }] }), []),
  ).rejects.toThrow("src is required for local cache importer");
});

test("an export that fails fails the build, unless it may", async () => {
  writeFileSync(join(first.rooms.dataRoot, "file"), "");
  const directory = join(first.rooms.dataRoot, "file/cache");
  const strict = first.job({ CacheTo: [local(directory).to] });
  await expect(exportCaches(strict, contents)).rejects.toThrow("ENOTDIR");
  await exportCaches(first.job({ CacheTo: [local(directory, { "ignore-error": "true" }).to] }), contents);
  expect(existsSync(directory)).toBe(false);
});

test("steps that made the same layer at different times keep their times", () => {
  const later = {
    ...base,
    key: digestOf("later"),
    layers: base.layers.map((layer) => ({ ...layer, created: "2025-05-05T05:05:05Z" })),
  };
  const blobs = new Map(
    base.layers.map(({ chainID, diffID }) => [chainID, { mediaType: "tar", digest: diffID, size: 1 }]),
  );
  const document = cacheDocument([base, later], blobs);
  const records = readCacheDocument(JSON.parse(JSON.stringify(document)));
  expect(document.layers).toHaveLength(2);
  expect([base, later].map(({ key }) => records.get(key)?.created)).toEqual([
    "2024-01-02T03:04:05Z",
    "2025-05-05T05:05:05Z",
  ]);
});

test("records that make no sense are refused", () => {
  const layer = (changes: object) => ({
    ...{ blob: digestOf("blob"), parent: -1 },
    annotations: { mediaType: "tar", diffID: digestOf("diff"), size: 1, createdAt: "2024-01-02T03:04:05Z" },
    ...changes,
  });
  const wrong = [
    {},
    { layers: [{}], records: [] },
    { layers: [layer({ parent: 0 })], records: [] },
    { layers: [layer({ annotations: {} })], records: [] },
    { layers: [], records: [{ digest: digestOf("key"), results: [{ layer: 0 }] }] },
  ];
  for (const document of wrong) expect(() => readCacheDocument(document)).toThrow("records are damaged");
  expect(readCacheDocument({ layers: [layer({})], records: [{ digest: "none" }, null] }).size).toBe(0);
});
