import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImageRecord, ImageStore } from "../../images/index.ts";
import { Metastore } from "../../metastore/index.ts";
import { digestOf } from "../../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../../oci/image.ts";
import { formatPlatform, hostPlatform } from "../../oci/platform.ts";
import { formatReference, parseReference } from "../../oci/reference.ts";
import { select } from "./selection.ts";

const host = formatPlatform(hostPlatform());
const [near, far] = ["linux/s390x", "linux/riscv64"] as const;
const blob = (content: string, mediaType: string): Descriptor => {
  return { mediaType, digest: digestOf(content), size: content.length };
};

function image(platform: string): ImageRecord {
  const [os = "", architecture = ""] = platform.split("/");
  return {
    id: digestOf(`${platform} config`),
    manifest: blob(`${platform} manifest`, mediaTypes.manifest),
    configDescriptor: blob(`${platform} config`, mediaTypes.config),
    config: { os, architecture, rootfs: { type: "layers", diff_ids: [digestOf(`${platform} files`)] } },
    layers: [blob(`${platform} layer`, mediaTypes.layerGzip)],
    layerSizes: [1],
  };
}

const images = [near, host, far].map(image);
const statements = [blob("attestation", mediaTypes.manifest), blob("statement", "application/json")];
const attestation: Descriptor = {
  ...(statements[0] as Descriptor),
  annotations: {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": digestOf(`${host} manifest`),
  },
};
const index = blob("index", mediaTypes.index);

let directory: string;
let metastore: Metastore;
let store: ImageStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-selection-"));
  metastore = Metastore.open(join(directory, "state.db"));
  store = new ImageStore(metastore);
  const manifests = [
    ...images.map(({ manifest }) => ({ descriptor: manifest })),
    { descriptor: attestation, blobs: statements },
  ];
  const target = { descriptor: index, blobs: [index], manifests };
  const references = ["app:1", "app:2"].map(parseReference);
  store.add(images.map((record) => ({ record, references, index: target })));
});

afterEach(() => {
  metastore.close();
  rmSync(directory, { recursive: true, force: true });
});

const saved = (refs: string[], platforms: string[] = []) =>
  select(store, refs, platforms).map(({ descriptor, blobs, image: { config }, references }) => ({
    digest: descriptor.digest,
    blobs: new Set(blobs.map(({ digest }) => digest)),
    for: formatPlatform(config),
    names: references.map(formatReference),
  }));
const parts = (...platforms: string[]) =>
  platforms.flatMap((platform) =>
    ["manifest", "config", "layer"].map((part) => digestOf(`${platform} ${part}`)),
  );
const attested = statements.map(({ digest }) => digest);
const [one, two] = ["docker.io/library/app:1", "docker.io/library/app:2"] as const;

test("without a platform the index goes with all that is here", () => {
  const blobs = new Set([index.digest, ...parts(near, host, far), ...attested]);
  expect(saved(["app:1"])).toEqual([{ digest: index.digest, blobs, for: host, names: [one] }]);
});

test("one platform goes as an image of its own", () => {
  const expected = {
    digest: digestOf(`${far} manifest`),
    blobs: new Set(parts(far)),
    for: far,
    names: [one],
  };
  expect(saved(["app:1"], [far])).toEqual([expected]);
});

test.each([
  [[far, near], [...parts(near, far)], far],
  [[near, host], [...parts(near, host), ...attested], host],
])("platforms %p go in the index, with what attests them", (platforms, blobs, main) => {
  const expected = {
    digest: index.digest,
    blobs: new Set([index.digest, ...blobs]),
    for: main,
    names: [one],
  };
  expect(saved(["app:1"], platforms)).toEqual([expected]);
});

test("names of the same index share it; a repository means all of its tags, once", () => {
  expect(saved(["app:2", "app"]).map(({ names }) => names)).toEqual([[two, one]]);
});

test("by id an image goes without names", () => {
  const [{ id }] = images as [ImageRecord];
  expect(saved([id])).toEqual([
    { digest: digestOf(`${near} manifest`), blobs: new Set(parts(near)), for: near, names: [] },
  ]);
});

test("a platform that is not here is an error", () => {
  expect(() => saved(["app:1"], ["linux/mips64le"])).toThrow(
    "image with reference app:1 was found but does not provide the specified platform (linux/mips64le)",
  );
});
