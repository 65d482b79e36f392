import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Metastore } from "../metastore/index.ts";
import { digestOf } from "../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../oci/image.ts";
import { hostPlatform, type Platform } from "../oci/platform.ts";
import { parseReference } from "../oci/reference.ts";
import { type ImageRecord, ImageStore, type TargetRecord } from "./index.ts";

let directory: string;
let metastore: Metastore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-images-"));
  metastore = Metastore.open(join(directory, "state.db"));
});

afterEach(() => {
  metastore.close();
  rmSync(directory, { recursive: true, force: true });
});

const host = hostPlatform();
const other: Platform = { os: "linux", architecture: host.architecture === "s390x" ? "amd64" : "s390x" };
const third: Platform = { os: "linux", architecture: "riscv64" };
const blob = (content: string, mediaType: string): Descriptor => {
  return { mediaType, digest: digestOf(content), size: content.length };
};

function image(name: string, platform: Platform): ImageRecord {
  return {
    id: digestOf(`${name} config`),
    manifest: { ...blob(`${name} manifest`, mediaTypes.manifest), platform },
    configDescriptor: blob(`${name} config`, mediaTypes.config),
    config: { ...platform, rootfs: { type: "layers", diff_ids: [digestOf(`${name} files`)] } },
    layers: [blob(`${name} layer`, mediaTypes.layerGzip)],
    layerSizes: [1],
  };
}

const [ours, theirs] = [image("ours", host), image("theirs", other)];
const attestation = [blob("attestation", mediaTypes.manifest), blob("statement", "application/json")];

function index(name: string, images = [ours, theirs]): TargetRecord {
  const descriptor = blob(name, mediaTypes.index);
  return {
    descriptor,
    blobs: [descriptor],
    manifests: [
      ...images.map(({ manifest }) => ({ descriptor: manifest })),
      { descriptor: attestation[0] as Descriptor, blobs: attestation },
    ],
  };
}

const names = (text: string[]) => text.map(parseReference);
const digests = (...all: (Descriptor | readonly Descriptor[])[]) =>
  new Set(all.flat().map(({ digest }) => digest));
const blobsOf = ({ manifest, configDescriptor, layers }: ImageRecord) => [
  manifest,
  configDescriptor,
  ...layers,
];

test("a name leads to the platform that is wanted, to the host's, or to the only one", () => {
  const store = new ImageStore(metastore);
  store.add([{ record: theirs, references: names(["app:1"]), index: index("one") }]);
  expect(store.find("app:1")?.id).toBe(theirs.id);
  expect(store.find("app:1", host)).toBeUndefined();
  store.add([{ record: ours, references: names(["app:1"]), index: index("one") }]);
  expect(store.find("app:1")?.id).toBe(ours.id);
  expect(store.find("app:1", other)?.id).toBe(theirs.id);
  expect(store.find("app:1", third)).toBeUndefined();
});

test("a variant is chosen as processors run them", () => {
  const store = new ImageStore(metastore);
  const arm = { os: "linux", architecture: "arm" };
  const images = ["v6", "v8"].map((variant) => image(variant, { ...arm, variant }));
  store.add(images.map((record) => ({ record, references: names(["app:1"]), index: index("arm", images) })));
  expect(store.find("app:1", { ...arm, variant: "v7" })?.config.variant).toBe("v6");
  expect(store.find("app:1", { ...arm, variant: "v8" })?.config.variant).toBe("v8");
  expect(store.find("app:1", { ...arm, variant: "v5" })).toBeUndefined();
});

test("the same index keeps what was here before; another one takes the name and frees what was the index's", () => {
  const store = new ImageStore(metastore);
  const first = index("one");
  store.add([{ record: ours, references: names(["app:1"]), index: first }]);
  store.add([{ record: theirs, references: names(["app:1"]), index: first }]);
  expect(store.target("app:1")?.images).toEqual([ours.id, theirs.id]);
  expect(store.blobs()).toEqual(digests(blobsOf(ours), blobsOf(theirs), attestation, first.blobs));
  const second = index("two", [ours]);
  store.takeReleased();
  store.add([{ record: ours, references: names(["app:1"]), index: second }]);
  expect(store.target("app:1")?.images).toEqual([ours.id]);
  expect(store.takeReleased()).toContain(first.descriptor.digest);
  expect(store.blobs().has(first.descriptor.digest)).toBe(false);
  expect(store.references(theirs.id)).toEqual([]);
  expect(store.targets().map(({ digest }) => digest)).toEqual([
    second.descriptor.digest,
    theirs.manifest.digest,
  ]);
});

test("an index is found by its digest and by a repository with any digest that it leads to", () => {
  const store = new ImageStore(metastore);
  const whole = index("one");
  const canonical = `app@${whole.descriptor.digest}`;
  store.add([{ record: ours, references: names(["app:1", canonical]), index: whole }]);
  for (const text of [whole.descriptor.digest, whole.descriptor.digest.slice(7, 19), canonical]) {
    expect(store.target(text)?.digest).toBe(whole.descriptor.digest);
  }
  expect(store.target(`app@${ours.manifest.digest}`)?.descriptor).toEqual(ours.manifest);
  expect(store.target(`app@${theirs.manifest.digest}`)).toBeUndefined();
  expect(store.target(`other@${whole.descriptor.digest}`)).toBeUndefined();
  expect(store.target(ours.id)?.images).toEqual([ours.id]);
});

test("an image that came by another manifest keeps its blobs as long as that has a name", () => {
  const store = new ImageStore(metastore);
  const layers = [blob("another compression", mediaTypes.layerZstd)];
  const again = { ...ours, manifest: blob("another manifest", mediaTypes.manifest), layers };
  store.add([{ record: ours, references: names(["app:1"]) }]);
  store.add([{ record: again, references: names(["app:2"]) }]);
  expect(store.all()).toHaveLength(1);
  expect(store.target("app:1")?.descriptor).toEqual(ours.manifest);
  expect(store.target("app:2")?.descriptor).toEqual(again.manifest);
  expect(store.targets()).toHaveLength(1);
  expect(store.kept()).toHaveLength(2);
  expect(store.references(ours.id)).toEqual(names(["docker.io/library/app:1", "docker.io/library/app:2"]));
  expect(store.blobs()).toEqual(digests(blobsOf(ours), blobsOf(again)));
  store.untag(parseReference("app:2"));
  expect(store.blobs()).toEqual(digests(blobsOf(ours)));
});

test("removing an image leaves its index with the others; the last one takes the names along", () => {
  const store = new ImageStore(metastore);
  const additions = [ours, theirs].map((record) => ({
    record,
    references: names(["app:1"]),
    index: index("one"),
  }));
  store.add(additions);
  store.remove(ours.id);
  expect(store.find("app:1")?.id).toBe(theirs.id);
  expect(store.blobs().has(ours.manifest.digest)).toBe(false);
  store.remove(theirs.id);
  expect(store.target("app:1")).toBeUndefined();
  expect(store.blobs().size).toBe(0);
});

test("an index gets further names and loses them", () => {
  const store = new ImageStore(metastore);
  store.add([{ record: ours, references: names(["app:1"]), index: index("one") }]);
  const target = store.target("app:1");
  if (target === undefined) throw new Error("the name is missing");
  store.tag(target, parseReference("app:2"));
  expect(store.names(target)).toEqual(names(["docker.io/library/app:1", "docker.io/library/app:2"]));
  store.untag(parseReference("app:1"));
  expect(store.target("app:2")?.digest).toBe(target.digest);
  expect(store.untag(parseReference("app:1"))).toBe(false);
});

test("all of it is there after a restart, also what was stored when names led to images only", () => {
  metastore.table<ImageRecord>("images").put(ours.id, ours, ["docker.io/library/old:1"]);
  const store = new ImageStore(metastore);
  expect(store.find("old:1")?.id).toBe(ours.id);
  store.add([{ record: theirs, references: names(["app:1", "old:1"]), index: index("one") }]);
  const again = new ImageStore(metastore);
  expect(again.target("old:1")?.digest).toBe(index("one").descriptor.digest);
  expect(again.target("app:1")?.images).toEqual([theirs.id]);
  expect(again.references(ours.id)).toEqual([]);
  expect(again.blobs()).toEqual(store.blobs());
});
