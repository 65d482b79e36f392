import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync } from "node:fs";
import { type Digest, digestOf } from "../../../src/oci/digest.ts";
import { mediaTypes } from "../../../src/oci/image.ts";
import { parseReference } from "../../../src/oci/reference.ts";
import { type Credentials, Registries, type RegistrySettings } from "../../../src/registry/index.ts";
import { Folder } from "../../support/folder.ts";
import { TestRegistry } from "../../support/registry.ts";

const users = { alice: "wonder:land" };
const alice: Credentials = { username: "alice", password: users.alice };
const signal = new AbortController().signal;

const kinds = [
  ["plain", {}, {}],
  ["with TLS and passwords", { tls: true, users }, alice],
] as const;

const settings: RegistrySettings = {
  insecure: [],
  rules: {},
  certificates: [],
  proxies: {},
  userAgent: "slipway-test",
};

describe.each(kinds)("docker-registry %s", (_name, options, credentials) => {
  const folder = new Folder();
  let registry: TestRegistry;
  let registries: Registries;
  const repository = (name = "team/app", who: Credentials = credentials) =>
    registries.repository(parseReference(`${registry.host}/${name}`), who);

  beforeAll(async () => {
    registry = await TestRegistry.start(options);
    // Loopback would be trusted without a look at its certificate.
    const strict = {
      ...settings,
      rules: { [registry.host]: { insecure: false } },
      certificates: [folder.path],
    };
    if ("tls" in options) {
      mkdirSync(folder.join(registry.host));
      copyFileSync(registry.authority, folder.join(registry.host, "ca.crt"));
    }
    registries = new Registries("tls" in options ? strict : settings);
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const blob = (bytes: Uint8Array) => ({
    mediaType: mediaTypes.layer,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  async function* pieces(bytes: Uint8Array, offset = 0): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < bytes.length; at += 65536) yield bytes.subarray(at, at + 65536);
  }
  async function read(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
    return digestOf(Buffer.concat(await Array.fromAsync(chunks)));
  }
  const manifestOf = (layer: Uint8Array) => {
    const config = Buffer.from("{}");
    return new TextEncoder().encode(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: { ...blob(config), mediaType: mediaTypes.config },
        layers: [blob(layer)],
      }),
    );
  };

  test("blobs, manifests and tags go there and come back", async () => {
    const layer = randomBytes(5_000_000);
    const app = repository();
    expect(await app.hasBlob(digestOf(layer), signal)).toBe(false);
    const progress: number[] = [];
    const upload = { signal, onProgress: (sent: number) => progress.push(sent) };
    await app.uploadBlob(blob(layer), (offset) => pieces(layer, offset), upload);
    await app.uploadBlob(blob(Buffer.from("{}")), () => pieces(Buffer.from("{}")), { signal });
    expect(progress.at(-1)).toBe(layer.length);
    expect(await app.hasBlob(digestOf(layer), signal)).toBe(true);
    expect(await read(app.blob(blob(layer), { signal }))).toBe(digestOf(layer));
    expect(await read(app.blob(blob(layer), { offset: 4_000_000, signal }))).toBe(
      digestOf(layer.subarray(4_000_000)),
    );

    const bytes = manifestOf(layer);
    for (const tag of ["v1", "v2"])
      expect(await app.putManifest(tag, mediaTypes.manifest, bytes, signal)).toBe(digestOf(bytes));
    const descriptor = { mediaType: mediaTypes.manifest, digest: digestOf(bytes), size: bytes.length };
    expect(await app.resolve("v1", signal)).toEqual(descriptor);
    expect((await app.manifest(digestOf(bytes), signal)).descriptor).toEqual(descriptor);
    expect(await Array.fromAsync(app.tags(signal))).toEqual(["v1", "v2"]);
    expect(await app.referrers(digestOf(bytes), signal)).toEqual([]);
  });

  test("what refers to a manifest is found by it, although the registry has no API for that", async () => {
    const app = repository("team/signed");
    const config = Buffer.from("{}");
    await app.uploadBlob(blob(config), () => pieces(config), { signal });
    const empty = { ...blob(config), mediaType: "application/vnd.oci.empty.v1+json" };
    const put = async (manifest: object) => {
      const document = { schemaVersion: 2, mediaType: mediaTypes.manifest, ...manifest };
      const bytes = new TextEncoder().encode(JSON.stringify(document));
      const digest = await app.putManifest(digestOf(bytes), mediaTypes.manifest, bytes, signal);
      return { mediaType: mediaTypes.manifest, digest, size: bytes.length };
    };
    const subject = await put({ config: { ...empty, mediaType: mediaTypes.config }, layers: [] });
    for (const artifactType of ["application/signature", "application/sbom"])
      await put({ artifactType, config: empty, layers: [], subject });
    const found = await app.referrers(subject.digest, signal);
    expect(found.map(({ artifactType }) => artifactType)).toEqual([
      "application/signature",
      "application/sbom",
    ]);
    expect(await app.referrers(subject.digest, signal, "application/sbom")).toHaveLength(1);
  });

  test("a blob of another repository is mounted, and one that is not there is not", async () => {
    const layer = randomBytes(100_000);
    await repository("team/one").uploadBlob(blob(layer), (offset) => pieces(layer, offset), { signal });
    const two = repository("team/two");
    expect(await two.mountBlob(digestOf(layer), "team/one", signal)).toBe(true);
    expect(await two.hasBlob(digestOf(layer), signal)).toBe(true);
    const other = randomBytes(100_000);
    expect(await two.mountBlob(digestOf(other), "team/one", signal)).toBe(false);
    await two.uploadBlob(blob(other), (offset) => pieces(other, offset), { signal });
    expect(await two.hasBlob(digestOf(other), signal)).toBe(true);
  });

  test("an empty blob can be uploaded and read", async () => {
    const nothing = new Uint8Array();
    const app = repository("team/nothing");
    await app.uploadBlob(blob(nothing), () => pieces(nothing), { signal });
    expect(await read(app.blob(blob(nothing), { signal }))).toBe(digestOf(nothing));
  });

  test("what is not there is an error in Docker's words", async () => {
    const { host } = registry;
    await expect(repository("no/such").resolve("latest", signal)).rejects.toMatchObject({
      kind: "notFound",
      message: `manifest for ${host}/no/such:latest not found: manifest unknown: manifest unknown`,
    });
    const missing = blob(Buffer.from("missing"));
    await expect(read(repository().blob(missing, { signal }))).rejects.toMatchObject({
      kind: "notFound",
      message: "blob unknown: blob unknown to registry",
    });
  });

  test("a blob that is not what its digest says is refused", async () => {
    const wrong = { ...blob(Buffer.from("right")), size: 5 };
    await expect(
      repository().uploadBlob(wrong, () => pieces(Buffer.from("wrong")), { signal }),
    ).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining("digest invalid") });
  });

  test("a login says who may come in", async () => {
    expect(await registries.login(registry.host, credentials, signal)).toEqual({});
    if (!("users" in options)) return;
    await expect(
      registries.login(registry.host, { username: "alice", password: "wrong" }, signal),
    ).rejects.toMatchObject({
      kind: "unauthorized",
      message: expect.stringContaining("unauthorized: authentication required"),
    });
    await expect(repository("team/app", {}).resolve("v1", signal)).rejects.toMatchObject({
      kind: "unauthorized",
      message: expect.stringContaining("no basic auth credentials"),
    });
  });

  test("a request that is given up ends as cancelled", async () => {
    const layer = randomBytes(3_000_000);
    await repository().uploadBlob(blob(layer), (offset) => pieces(layer, offset), { signal });
    const controller = new AbortController();
    const reading = repository().blob(blob(layer), { signal: controller.signal });
    await expect(
      (async () => {
        for await (const _ of reading) controller.abort();
      })(),
    ).rejects.toMatchObject({ kind: "cancelled" });
  });
});
