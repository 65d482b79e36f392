import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTar } from "../../archive/index.ts";
import { type Digest, digestOf, hexOf } from "../../oci/digest.ts";
import type { Descriptor } from "../../oci/image.ts";
import { parsePlatform } from "../../oci/platform.ts";
import { parseReference } from "../../oci/reference.ts";
import type { BuildJob } from "../job.ts";
import { imageArchive } from "./archive.ts";
import type { MadeImage } from "./image.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "archive-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const path = (digest: Digest) => join(folder, hexOf(digest));

function blob(text: string): Descriptor {
  const digest = digestOf(text);
  writeFileSync(path(digest), text);
  return { mediaType: "x", digest, size: Buffer.byteLength(text) };
}

function image(name: string, platform: string): MadeImage {
  const [manifest, configDescriptor] = [blob(`manifest of ${name}`), blob(`config of ${name}`)];
  const config = { created: "2020-01-01T00:00:00Z" } as never;
  const layers = [blob("a layer in common"), blob(`layer of ${name}`)];
  return {
    image: { manifest, configDescriptor, config, layers, references: [] },
    platform: parsePlatform(platform),
    layers: [],
  };
}

async function members(what: Parameters<typeof imageArchive>[1], docker: boolean) {
  const job = {
    rooms: { open: { imageRooms: { content: { path } } } },
    signal: new AbortController().signal,
  } as unknown as BuildJob;
  const found = new Map<string, string>();
  for await (const { header, body } of readTar(imageArchive(job, what, { docker }))) {
    const pieces = header.type === "file" ? await Array.fromAsync(body as AsyncIterable<Uint8Array>) : [];
    found.set(header.name, Buffer.concat(pieces).toString());
  }
  return found;
}

const json = (found: Map<string, string>, name: string) => JSON.parse(found.get(name) ?? "null");

test("an OCI layout has each blob once, and a name for each reference", async () => {
  const one = image("one", "linux/amd64");
  const references = ["app:1", "host:5000/app:2"].map(parseReference);
  const found = await members(
    [{ images: [one], index: undefined, references, annotations: { a: "b" } }],
    false,
  );
  const blobs = [...found.keys()].filter((name) => /^blobs\/sha256\/\w/.test(name));
  expect(blobs).toHaveLength(4);
  for (const name of blobs) expect(digestOf(found.get(name) ?? "")).toBe(`sha256:${name.slice(13)}`);
  const { manifests } = json(found, "index.json");
  expect(manifests.map(({ annotations }: { annotations: object }) => annotations)).toEqual(
    [
      ["docker.io/library/app:1", "1"],
      ["host:5000/app:2", "2"],
    ].map(([name, tag]) => ({
      "org.opencontainers.image.created": "2020-01-01T00:00:00Z",
      a: "b",
      "io.containerd.image.name": name,
      "org.opencontainers.image.ref.name": tag,
    })),
  );
  expect(manifests[0]).toMatchObject({
    digest: one.image.manifest.digest,
    platform: { architecture: "amd64" },
  });
  expect(json(found, "oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
  expect(found.has("manifest.json")).toBe(false);
});

test("a Docker archive has a manifest of each image; several platforms have an index", async () => {
  const images = [image("one", "linux/amd64"), image("two", "linux/arm64")];
  const index = blob("the index");
  const found = await members([{ images, index, references: [] }], true);
  expect(json(found, "index.json").manifests).toMatchObject([{ digest: index.digest }]);
  const [first] = images;
  expect(json(found, "manifest.json")).toMatchObject([
    {
      Config: `blobs/sha256/${hexOf(first?.image.configDescriptor.digest as Digest)}`,
      RepoTags: null,
      Layers: first?.image.layers.map(({ digest }) => `blobs/sha256/${hexOf(digest)}`),
    },
    { RepoTags: null },
  ]);
});
