import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { digestOf, hexOf } from "../oci/digest.ts";
import { mediaTypes } from "../oci/image.ts";
import { appOf, bytes, descriptorOf, FakeRegistry, json, refusal, signal } from "./testing/index.ts";

const document = {
  schemaVersion: 2,
  mediaType: mediaTypes.manifest,
  config: descriptorOf(Buffer.from("{}"), mediaTypes.config),
  layers: [],
};
const text = Buffer.from(JSON.stringify(document));
const digest = digestOf(text);
const typed = { "Content-Type": mediaTypes.manifest };
const at = (ref: string) => `/v2/app/manifests/${ref}`;
let fake: FakeRegistry;

beforeEach(async () => {
  fake = await FakeRegistry.start();
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
});

test("HEAD is enough when it says what a tag means", async () => {
  fake.on(`HEAD ${at("v1")}`, bytes(200, text, { ...typed, "Docker-Content-Digest": digest }));
  expect(await appOf(fake).resolve("v1", signal)).toEqual(descriptorOf(text, mediaTypes.manifest));
  expect(fake.asked(`HEAD ${at("v1")}`)[0]?.headers.accept).toContain(mediaTypes.index);
  expect(fake.asked(`GET ${at("v1")}`)).toHaveLength(0);
});

test.each([
  ["without a digest", bytes(200, text, typed)],
  ["not allowed", json(405, {})],
])("GET is asked when HEAD is %s", async (_what, behaviour) => {
  fake.on(`HEAD ${at("v1")}`, behaviour).on(`GET ${at("v1")}`, bytes(200, text, typed));
  expect(await appOf(fake).resolve("v1", signal)).toEqual(descriptorOf(text, mediaTypes.manifest));
});

test("a manifest comes with its digest, and with the media type it has in itself", async () => {
  fake.on(`GET ${at(digest)}`, bytes(200, text, { "Content-Type": "application/json; charset=utf-8" }));
  const found = await appOf(fake).manifest(digest, signal);
  expect(found.descriptor).toEqual(descriptorOf(text, mediaTypes.manifest));
  expect(Buffer.from(found.bytes)).toEqual(text);
});

describe("what is no manifest, or another, is refused", () => {
  test.each([
    ["HTML", bytes(200, "<html>log in</html>", { "Content-Type": "text/html" }), "answered with text/html"],
    ["a broken document", bytes(200, "{", typed), "a manifest that is broken"],
    [
      "another than announced",
      bytes(200, text, { ...typed, "Docker-Content-Digest": digestOf("other") }),
      `instead of ${digestOf("other")}`,
    ],
    [
      "one that is called an index",
      bytes(200, text, { "Content-Type": mediaTypes.index }),
      `called it ${mediaTypes.index}`,
    ],
    ["both in one", json(200, { ...document, manifests: [] }), "claims to be an index, too"],
    [
      "of schema 1",
      json(200, {}, { "Content-Type": "application/vnd.docker.distribution.manifest.v1+prettyjws" }),
      "schema 1",
    ],
    ["too long", bytes(200, Buffer.alloc(9 * 1024 * 1024, 32), typed), "longer than 8388608 bytes"],
  ])("%s", async (_what, behaviour, message) => {
    fake.on(`GET ${at("v1")}`, behaviour);
    await expect(appOf(fake).manifest("v1", signal)).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(message),
    });
  });

  test("another than asked for", async () => {
    const wanted = digestOf("wanted");
    fake.on(`GET ${at(wanted)}`, bytes(200, text, typed));
    await expect(appOf(fake).manifest(wanted, signal)).rejects.toMatchObject({
      kind: "invalid",
      message: `${fake.host} answered with the manifest ${digest} instead of ${wanted}`,
    });
  });
});

describe("a refusal is said in Docker's words", () => {
  test.each([
    [
      404,
      "MANIFEST_UNKNOWN",
      "manifest unknown",
      "notFound",
      "manifest for HOST/app:v1 not found: manifest unknown: manifest unknown",
    ],
    [
      404,
      "NAME_UNKNOWN",
      "repository name not known to registry",
      "notFound",
      "repository HOST/app not found: name unknown: repository name not known to registry",
    ],
    [
      403,
      "DENIED",
      "requested access to the resource is denied",
      "notFound",
      "pull access denied for HOST/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ],
    [401, "UNAUTHORIZED", "authentication required", "unauthorized", "unauthorized: authentication required"],
    [400, "TAG_INVALID", "", "invalid", "tag invalid"],
  ] as const)("%d %s", async (status, code, message, kind, words) => {
    fake.on(`GET ${at("v1")}`, refusal(status, code, message));
    await expect(appOf(fake).resolve("v1", signal)).rejects.toMatchObject({
      kind,
      message: words.replace("HOST", fake.host),
    });
  });

  test("also when there are no words", async () => {
    fake.on(`GET ${at("v1")}`, bytes(404, "<html>", { "Content-Type": "text/html" }));
    await expect(appOf(fake).manifest("v1", signal)).rejects.toMatchObject({
      kind: "notFound",
      message: `manifest for ${fake.host}/app:v1 not found: ${fake.host} answered with status 404 Not Found (text/html)`,
    });
  });
});

test("a manifest is put, and must be stored as what it is", async () => {
  fake.on(`PUT ${at("v1")}`, bytes(201, "", { "Docker-Content-Digest": digest }));
  expect(await appOf(fake).putManifest("v1", mediaTypes.manifest, text, signal)).toBe(digest);
  const [put] = fake.asked(`PUT ${at("v1")}`);
  expect(put?.headers["content-type"]).toBe(mediaTypes.manifest);
  expect(put?.body).toEqual(text);
  fake.on(`PUT ${at("v1")}`, bytes(201, "", { "Docker-Content-Digest": digestOf("other") }));
  await expect(appOf(fake).putManifest("v1", mediaTypes.manifest, text, signal)).rejects.toMatchObject({
    kind: "invalid",
  });
});

test("tags come page by page", async () => {
  const list = "/v2/app/tags/list";
  const next = { Link: `<${list}?n=1000&last=b>; rel="next"` };
  fake.on(`GET ${list}`, json(200, { name: "app", tags: ["a", "b"] }, next), json(200, { tags: ["c"] }));
  expect(await Array.fromAsync(appOf(fake).tags(signal))).toEqual(["a", "b", "c"]);
  expect(fake.asked(`GET ${list}`).map(({ path }) => path)).toEqual([
    `${list}?n=1000`,
    `${list}?n=1000&last=b`,
  ]);
  fake.on(`GET ${list}`, json(200, { name: "app", tags: null }));
  expect(await Array.fromAsync(appOf(fake).tags(signal))).toEqual([]);
});

describe("referrers", () => {
  const signature = { ...descriptorOf(Buffer.from("s"), mediaTypes.manifest), artifactType: "signature" };
  const sbom = { ...descriptorOf(Buffer.from("b"), mediaTypes.manifest), artifactType: "sbom" };
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [signature, sbom] };
  const asIndex = { "Content-Type": mediaTypes.index };
  const api = `/v2/app/referrers/${digest}`;

  test("are told by the API, filtered by the registry or by us", async () => {
    fake.on(`GET ${api}`, json(200, index, asIndex));
    expect(await appOf(fake).referrers(digest, signal)).toEqual([signature, sbom]);
    expect(await appOf(fake).referrers(digest, signal, "sbom")).toEqual([sbom]);
    expect(fake.asked(`GET ${api}`).at(-1)?.path).toBe(`${api}?artifactType=sbom`);
    const applied = { ...asIndex, "OCI-Filters-Applied": "artifactType" };
    fake.on(`GET ${api}`, json(200, { ...index, manifests: [sbom] }, applied));
    expect(await appOf(fake).referrers(digest, signal, "sbom")).toEqual([sbom]);
  });

  test("are told by a tag where there is no API, and none where there is no tag", async () => {
    expect(await appOf(fake).referrers(digest, signal)).toEqual([]);
    fake.on(`GET ${at(`sha256-${hexOf(digest)}`)}`, json(200, index, asIndex));
    expect(await appOf(fake).referrers(digest, signal, "signature")).toEqual([signature]);
  });
});
