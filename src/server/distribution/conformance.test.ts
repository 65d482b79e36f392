/*
 * The rules of the OCI distribution specification 1.1, in the four categories of its conformance tests: pull, push,
 * content discovery and content management.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { digestOf } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/image.ts";
import {
  type Content,
  content,
  image,
  indexOf,
  json,
  layer,
  manifestOf,
  type PushedImage,
  RegistryClient,
  testRegistries,
} from "./testing.ts";

// Each layer is unpacked in a process of its own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

let registries: Awaited<ReturnType<typeof testRegistries>>;
let client: RegistryClient;
let readOnly: RegistryClient;
let app: PushedImage;

beforeAll(async () => {
  registries = await testRegistries();
  client = new RegistryClient((await registries.serve({ Writable: true })).url);
  readOnly = new RegistryClient((await registries.serve()).url);
  app = await image(["first", "second"]);
  expect((await client.pushImage("team/app", app, "1")).status).toBe(201);
});
afterAll(() => registries[Symbol.asyncDispose]());

/** A digest that nothing has. */
const missing = digestOf("missing");

async function codeOf(answer: Response): Promise<string> {
  const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
  expect(errors[0]?.message).toBeString();
  return errors[0]?.code ?? "";
}

const header = (answer: Response, name: string) => answer.headers.get(name) ?? "";
const digestIn = async (answer: Response) => digestOf(new Uint8Array(await answer.arrayBuffer()));

describe("every answer", () => {
  test("is of a registry of version 2", async () => {
    const answer = await readOnly.fetch("GET", "/v2/");
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
    expect(header(answer, "Docker-Distribution-API-Version")).toBe("registry/2.0");
  });

  test.each([
    ["GET", "/v2/team/app/manifests/none", 404, "MANIFEST_UNKNOWN"],
    ["GET", `/v2/team/app/manifests/${missing}`, 404, "MANIFEST_UNKNOWN"],
    ["GET", "/v2/team/app/manifests/sha256:baddigeststring", 400, "DIGEST_INVALID"],
    ["GET", "/v2/no/such/manifests/1", 404, "NAME_UNKNOWN"],
    ["GET", "/v2/no/such/tags/list", 404, "NAME_UNKNOWN"],
    ["GET", `/v2/team/app/blobs/${missing}`, 404, "BLOB_UNKNOWN"],
    ["GET", "/v2/team/app/blobs/sha256:bad", 400, "DIGEST_INVALID"],
    ["GET", "/v2/team/app/blobs/sha512:00", 400, "DIGEST_INVALID"],
    ["GET", "/v2/Team/app/manifests/1", 400, "NAME_INVALID"],
    ["GET", "/v2/team//app/manifests/1", 400, "NAME_INVALID"],
    ["GET", "/v2/team/app/referrers/none", 400, "DIGEST_INVALID"],
    ["GET", "/v2/team/app/tags/list?n=many", 400, "PAGINATION_NUMBER_INVALID"],
    ["GET", "/v1/search", 404, "UNSUPPORTED"],
    ["GET", "/v2/team/app/blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN"],
    ["PATCH", "/v2/team/app/blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN"],
    ["PUT", `/v2/team/app/blobs/uploads/none?digest=${missing}`, 404, "BLOB_UPLOAD_UNKNOWN"],
    ["PUT", "/v2/team/app/blobs/uploads/none?digest=bad", 400, "DIGEST_INVALID"],
    ["POST", "/v2/team/app/blobs/uploads/?digest=bad", 400, "DIGEST_INVALID"],
    ["POST", "/v2/team/app/tags/list", 405, "UNSUPPORTED"],
    ["DELETE", `/v2/team/app/manifests/${missing}`, 404, "MANIFEST_UNKNOWN"],
    ["DELETE", `/v2/team/app/blobs/${missing}`, 404, "BLOB_UNKNOWN"],
    ["DELETE", "/v2/team/app/manifests/none", 404, "MANIFEST_UNKNOWN"],
  ])("to %s %s is %d %s", async (method, path, status, code) => {
    const answer = await client.fetch(method, path);
    expect(answer.status).toBe(status);
    expect(await codeOf(answer)).toBe(code);
  });
});

describe("pull", () => {
  test.each(["GET", "HEAD"])("%s of a manifest, by tag and by digest", async (method) => {
    const { descriptor, bytes } = app.manifest;
    for (const reference of ["1", descriptor.digest]) {
      const answer = await readOnly.fetch(method, `/v2/team/app/manifests/${reference}`);
      expect(answer.status).toBe(200);
      expect(header(answer, "Content-Type")).toBe(descriptor.mediaType);
      expect(header(answer, "Content-Length")).toBe(String(descriptor.size));
      expect(header(answer, "Docker-Content-Digest")).toBe(descriptor.digest);
      expect(await digestIn(answer)).toBe(digestOf(method === "HEAD" ? "" : bytes));
    }
  });

  test.each(["GET", "HEAD"])("%s of blobs", async (method) => {
    for (const { descriptor, bytes } of [app.config, ...app.layers]) {
      const answer = await readOnly.fetch(method, `/v2/team/app/blobs/${descriptor.digest}`);
      expect(answer.status).toBe(200);
      expect(header(answer, "Content-Length")).toBe(String(descriptor.size));
      expect(header(answer, "Docker-Content-Digest")).toBe(descriptor.digest);
      expect(await digestIn(answer)).toBe(digestOf(method === "HEAD" ? "" : bytes));
    }
  });

  const whole = content(crypto.getRandomValues(new Uint8Array(2048)));
  test.each([
    ["bytes=500-1499", 206, 500, 1500],
    ["bytes=500-", 206, 500, 2048],
    ["bytes=-500", 206, 1548, 2048],
    ["bytes=-5000", 206, 0, 2048],
    ["bytes=2000-5000", 206, 2000, 2048],
    ["bytes=0-0", 206, 0, 1],
    ["bytes=500-0", 416, 0, 0],
    ["bytes=5000-10000", 416, 0, 0],
    ["bytes=-0", 416, 0, 0],
    ["bytes=0-1,5-6", 200, 0, 2048],
    ["lines=1-2", 200, 0, 2048],
  ])("a blob's range %s is %d", async (range, status, start, end) => {
    await client.pushBlob("ranges", whole);
    const answer = await client.fetch("GET", `/v2/ranges/blobs/${whole.descriptor.digest}`, {
      headers: { Range: range },
    });
    expect(answer.status).toBe(status);
    const places = status === 416 ? "*" : `${start}-${end - 1}`;
    expect(header(answer, "Content-Range")).toBe(status === 200 ? "" : `bytes ${places}/2048`);
    if (status === 416) return;
    expect(header(answer, "Content-Length")).toBe(String(end - start));
    expect(await digestIn(answer)).toBe(digestOf(whole.bytes.subarray(start, end)));
  });

  test("what a client has already is not sent again", async () => {
    const { digest } = app.manifest.descriptor;
    for (const path of [`manifests/${digest}`, "manifests/1", `blobs/${app.config.descriptor.digest}`]) {
      const first = await readOnly.fetch("GET", `/v2/team/app/${path}`);
      const headers = { "If-None-Match": `"other", ${header(first, "ETag")}` };
      expect((await readOnly.fetch("GET", `/v2/team/app/${path}`, { headers })).status).toBe(304);
    }
  });

  test("blobs of other repositories are not offered", async () => {
    const { digest } = app.config.descriptor;
    expect((await client.pushImage("team/other", await image(["other"]), "1")).status).toBe(201);
    expect(await codeOf(await readOnly.fetch("GET", `/v2/team/other/blobs/${digest}`))).toBe("BLOB_UNKNOWN");
  });
});

describe("push of a blob", () => {
  const location = (answer: Response, query = "") => {
    expect(header(answer, "Location")).not.toBe("");
    return `${header(answer, "Location")}${query}`;
  };
  const begin = async () => {
    const answer = await client.fetch("POST", "/v2/blobs/blobs/uploads/");
    expect(answer.status).toBe(202);
    return location(answer);
  };
  const put = (at: string, { descriptor }: Content, body?: Uint8Array<ArrayBuffer>, range?: string) =>
    client.fetch("PUT", `${at}?digest=${descriptor.digest}`, {
      ...(body === undefined ? {} : { body }),
      ...(range === undefined ? {} : { headers: { "Content-Range": range } }),
    });
  const patch = (at: string, body: string | Uint8Array<ArrayBuffer> | ReadableStream, range?: string) =>
    client.fetch("PATCH", at, { body, headers: range === undefined ? {} : { "Content-Range": range } });
  const random = (size = 5000) => content(crypto.getRandomValues(new Uint8Array(size)));

  /** It can be read where the answer says, and its deletion is at once. */
  async function expectThere(answer: Response, { bytes, descriptor }: Content): Promise<void> {
    expect(answer.status).toBe(201);
    expect(header(answer, "Docker-Content-Digest")).toBe(descriptor.digest);
    const read = await client.fetch("GET", location(answer));
    expect(await digestIn(read)).toBe(digestOf(bytes));
    expect((await client.fetch("DELETE", location(answer))).status).toBe(202);
    expect((await client.fetch("HEAD", location(answer))).status).toBe(404);
  }

  test.each([
    ["of some bytes", random()],
    ["of none", content("")],
    ["of {}", content("{}")],
  ])("in one request, %s", async (_name, blob) => {
    await expectThere(await client.pushBlob("blobs", blob), blob);
  });

  test("POST, then PUT", async () => {
    const blob = random();
    await expectThere(await put(await begin(), blob, blob.bytes), blob);
  });

  test("as a stream", async () => {
    const blob = random();
    const stream = new Blob([blob.bytes]).stream();
    const answer = await patch(await begin(), stream);
    expect([answer.status, header(answer, "Range")]).toEqual([202, "0-4999"]);
    await expectThere(await put(location(answer), blob), blob);
  });

  test.each([false, true])("in pieces, the last with PUT: %p", async (lastWithPut) => {
    const blob = random();
    let at = await begin();
    for (const [start, end] of [
      [0, 2000],
      [2000, 4000],
      [4000, 5000],
    ] as const) {
      const [piece, range] = [blob.bytes.slice(start, end), `${start}-${end - 1}`];
      if (lastWithPut && end === 5000) {
        await expectThere(await put(at, blob, piece, range), blob);
        return;
      }
      const answer = await patch(at, piece, range);
      expect([answer.status, header(answer, "Range")]).toEqual([202, `0-${end - 1}`]);
      at = location(answer);
    }
    await expectThere(await put(at, blob), blob);
  });

  test("pieces that are not the next are refused, and the upload goes on", async () => {
    const blob = random();
    const at = await begin();
    expect((await patch(at, blob.bytes.slice(2000), "2000-4999")).status).toBe(416);
    expect((await patch(at, blob.bytes.slice(0, 2000), "0-1999")).status).toBe(202);
    for (const wrong of [
      await patch(at, blob.bytes.slice(0, 2000), "0-1999"),
      await put(at, blob, blob.bytes, "0-4999"),
    ]) {
      expect([wrong.status, header(wrong, "Range")]).toEqual([416, "0-1999"]);
      expect(await codeOf(wrong)).toBe("BLOB_UPLOAD_INVALID");
    }
    const status = await client.fetch("GET", at);
    expect([status.status, header(status, "Range"), location(status)]).toEqual([204, "0-1999", at]);
    await expectThere(await put(at, blob, blob.bytes.slice(2000), "2000-4999"), blob);
  });

  test("a piece of another length than it says is refused", async () => {
    const at = await begin();
    expect(await codeOf(await patch(at, "12345", "0-3"))).toBe("SIZE_INVALID");
    expect(await codeOf(await patch(at, "12345", "five"))).toBe("BLOB_UPLOAD_INVALID");
    expect((await client.fetch("DELETE", at)).status).toBe(204);
  });

  test("a cancelled upload is gone", async () => {
    const at = await begin();
    expect((await client.fetch("DELETE", at)).status).toBe(204);
    expect((await client.fetch("GET", at)).status).toBe(404);
  });

  test.each(["at once", "with PUT", "in pieces"])(
    "another content than the digest's, %s, is refused",
    async (how) => {
      const blob = random();
      const wrong = { ...blob, bytes: content("wrong").bytes };
      const upload = async () => {
        if (how === "at once") return await client.pushBlob("blobs", wrong);
        const at = await begin();
        if (how === "with PUT") return await put(at, blob, wrong.bytes);
        await patch(at, wrong.bytes);
        return await put(at, blob);
      };
      const answer = await upload();
      expect([answer.status, await codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
      expect((await client.fetch("HEAD", `/v2/blobs/blobs/${blob.descriptor.digest}`)).status).toBe(404);
    },
  );

  test.each(["&from=source", ""])("mounted from another repository: %p", async (from) => {
    const blob = random();
    const mount = `/v2/blobs/blobs/uploads/?mount=${blob.descriptor.digest}${from}`;
    const before = await client.fetch("POST", mount);
    expect(before.status).toBe(202);
    await client.fetch("DELETE", location(before));
    await client.pushBlob("source", blob);
    await expectThere(await client.fetch("POST", mount), blob);
    expect((await client.fetch("DELETE", `/v2/source/blobs/${blob.descriptor.digest}`)).status).toBe(202);
  });
});

describe("push of a manifest", () => {
  test("makes an image of this host, by tag and by digest", async () => {
    const pushed = await image(["pushed"]);
    const answer = await client.pushImage("made", pushed, "1");
    const { digest } = pushed.manifest.descriptor;
    expect(header(answer, "Docker-Content-Digest")).toBe(digest);
    expect(header(answer, "Location")).toBe(`/v2/made/manifests/${digest}`);
    const found = registries.rooms.images.find("made:1", { os: "linux", architecture: "amd64" });
    expect(found?.id).toBe(pushed.config.descriptor.digest);
    expect(registries.rooms.snapshots.has(found?.chainID ?? "")).toBe(true);
    expect(registries.rooms.images.target(`made@${digest}`)?.digest).toBe(digest);
  });

  test("of other content than its digest is refused", async () => {
    const pushed = await image(["bad digest"]);
    await client.pushImage("bad", pushed);
    const bytes = Uint8Array.from(Buffer.concat([pushed.manifest.bytes, Buffer.from("  ")]));
    for (const reference of [pushed.manifest.descriptor.digest, "sha256:baddigeststring"]) {
      const headers = { "Content-Type": mediaTypes.manifest };
      const answer = await client.fetch("PUT", `/v2/bad/manifests/${reference}`, { body: bytes, headers });
      expect([answer.status, await codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
    }
  });

  test("needs its config, its layers and, of an index, its manifests", async () => {
    const pushed = await image(["incomplete"]);
    const expectBlobUnknown = async (answer: Response) =>
      expect([answer.status, await codeOf(answer)]).toEqual([404, "MANIFEST_BLOB_UNKNOWN"]);
    await expectBlobUnknown(await client.pushManifest("incomplete", pushed.manifest, "1"));
    await client.pushBlob("incomplete", pushed.config);
    await expectBlobUnknown(await client.pushManifest("incomplete", pushed.manifest, "1"));
    await expectBlobUnknown(
      await client.pushManifest("incomplete", indexOf([pushed.manifest.descriptor]), "1"),
    );
    expect((await readOnly.fetch("GET", "/v2/incomplete/tags/list")).status).toBe(404);
  });

  test.each([
    ["no JSON", content("{", mediaTypes.manifest), 400, "MANIFEST_INVALID"],
    ["no manifest", json({ schemaVersion: 2 }, mediaTypes.manifest), 400, "MANIFEST_INVALID"],
    ["no index", json({ schemaVersion: 2 }, mediaTypes.index), 400, "MANIFEST_INVALID"],
    ["of schema 1", json({}, "application/vnd.docker.distribution.manifest.v1+json"), 405, "UNSUPPORTED"],
    ["too large", content(" ".repeat(9 << 20), mediaTypes.manifest), 413, "SIZE_INVALID"],
  ])("%s is refused", async (_name, manifest, status, code) => {
    const answer = await client.pushManifest("refused", manifest, "1");
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
  });

  test("with an impossible tag is refused", async () => {
    const answer = await client.pushManifest("refused", app.manifest, ".tag");
    expect([answer.status, await codeOf(answer)]).toEqual([400, "MANIFEST_INVALID"]);
  });

  const big = Object.fromEntries(Array.from({ length: 390 }, (_, at) => [`large-${at}`, "A".repeat(10_000)]));
  test.each([
    ["with nearly 4 MiB", ["large"], { annotations: big }],
    ["without layers", [], {}],
    ["with members that nobody knows", ["custom"], { "org.example.custom": { a: [1] } }],
  ])("an image %s", async (_name, texts, more) => {
    const pushed = await image(texts, { more });
    expect((await client.pushImage("kinds", pushed, "1")).status).toBe(201);
    const answer = await readOnly.fetch("GET", "/v2/kinds/manifests/1");
    expect(await digestIn(answer)).toBe(digestOf(pushed.manifest.bytes));
  });

  test("what is no image of this host is kept with a warning, and is none", async () => {
    const windows = await image(["windows"], { os: "windows" });
    const { config, layers } = await image(["honest"]);
    const liar = {
      config,
      layers: [await layer("another")],
      manifest: manifestOf(config, [await layer("another")]),
    };
    const foreign = { ...layers[0]!.descriptor, digest: missing, urls: ["https://example.com/layer"] };
    const elsewhere = {
      config,
      layers,
      manifest: manifestOf(config, [{ ...layers[0]!, descriptor: foreign }]),
    };
    const before = registries.rooms.images.all().length;
    for (const [tag, pushed] of Object.entries({ windows, liar, elsewhere })) {
      const answer = await client.pushImage("odd", pushed, tag);
      expect(answer.status).toBe(201);
      expect(header(answer, "Warning")).toStartWith('299 - "kept, but it is no image of this host: ');
      const read = await readOnly.fetch("GET", `/v2/odd/manifests/${tag}`);
      expect(await digestIn(read)).toBe(digestOf(pushed.manifest.bytes));
    }
    expect(registries.rooms.images.all()).toHaveLength(before);
  });
});

describe("an index", () => {
  test("is one name for images of several platforms", async () => {
    const [amd64, arm64] = [await image(["amd64"]), await image(["arm64"], { architecture: "arm64" })];
    for (const each of [amd64, arm64]) await client.pushImage("multi", each);
    const index = indexOf(
      [amd64, arm64].map(({ manifest }, at) => ({
        ...manifest.descriptor,
        platform: { os: "linux", architecture: ["amd64", "arm64"][at] as string },
      })),
    );
    expect((await client.pushManifest("multi", index, "1")).status).toBe(201);
    const { images } = registries.rooms;
    expect(images.find("multi:1", { os: "linux", architecture: "arm64" })?.id).toBe(
      arm64.config.descriptor.digest,
    );
    expect(images.names(images.target("multi:1")!)).toHaveLength(2);
    expect(images.references(arm64.config.descriptor.digest)).toHaveLength(2);
    const child = await readOnly.fetch("GET", `/v2/multi/manifests/${arm64.manifest.descriptor.digest}`);
    expect(await digestIn(child)).toBe(digestOf(arm64.manifest.bytes));
    const part = await client.fetch("DELETE", `/v2/multi/manifests/${arm64.manifest.descriptor.digest}`);
    expect([part.status, await codeOf(part)]).toEqual([403, "DENIED"]);
    expect((await client.fetch("DELETE", `/v2/multi/manifests/${index.descriptor.digest}`)).status).toBe(202);
    expect(images.get(arm64.config.descriptor.digest)).toBeUndefined();
  });

  test("may be empty, of artifacts, or of indexes", async () => {
    const inner = await image(["inner"]);
    await client.pushImage("nested", inner);
    const nested = indexOf([inner.manifest.descriptor]);
    const indexes = [
      indexOf([]),
      nested,
      indexOf([nested.descriptor]),
      indexOf([], { artifactType: "application/x" }),
    ];
    for (const [at, index] of indexes.entries()) {
      expect((await client.pushManifest("nested", index, `v${at}`)).status).toBe(201);
      const read = await readOnly.fetch("GET", `/v2/nested/manifests/v${at}`);
      expect(header(read, "Content-Type")).toBe(mediaTypes.index);
      expect(await digestIn(read)).toBe(digestOf(index.bytes));
    }
  });
});

describe("content discovery", () => {
  test("tags are listed in order and in pages", async () => {
    const pushed = await image(["tagged"]);
    for (const tag of ["b", "a", "d", "c"]) await client.pushImage("tags", pushed, tag);
    const list = async (query: string) => {
      const answer = await readOnly.fetch("GET", `/v2/tags/tags/list${query}`);
      return { ...((await answer.json()) as { name: string; tags: string[] }), link: header(answer, "Link") };
    };
    expect(await list("")).toEqual({ name: "tags", tags: ["a", "b", "c", "d"], link: "" });
    expect(await list("?n=0")).toMatchObject({ tags: [], link: "" });
    expect(await list("?last=b")).toMatchObject({ tags: ["c", "d"] });
    expect(await list("?n=4")).toMatchObject({ link: "" });
    const { tags, link } = await list("?n=3");
    expect(tags).toEqual(["a", "b", "c"]);
    const next = /^<\/v2\/tags\/tags\/list(\?[^>]+)>; rel="next"$/.exec(link)?.[1];
    expect(await list(next ?? "")).toMatchObject({ tags: ["d"], link: "" });
  });

  test("repositories are listed", async () => {
    const answer = await readOnly.fetch("GET", "/v2/_catalog?n=1&last=team/a");
    expect(await answer.json()).toEqual({ repositories: ["team/app"] });
    expect(header(answer, "Link")).toContain("/v2/_catalog?");
  });

  const empty = content("{}", "application/vnd.oci.empty.v1+json");
  const artifactType = "application/vnd.example.signature";

  test("referrers are found by their subject, also by type", async () => {
    const subject = await image(["subject"]);
    await client.pushImage("signed", subject, "1");
    const { digest } = subject.manifest.descriptor;
    const refers = { subject: subject.manifest.descriptor };
    const derived = await image(["derived"], { more: refers });
    await client.pushBlob("signed", empty);
    const annotations = { "org.example": "hello" };
    const signature = manifestOf(empty, [empty], { artifactType, annotations, ...refers });
    const attached = indexOf([], { artifactType: "application/x", ...refers });
    for (const [answer, tag] of [
      [await client.pushImage("signed", derived), undefined],
      [await client.pushManifest("signed", signature), undefined],
      [await client.pushManifest("signed", attached, "attached"), "attached"],
    ] as const) {
      expect([answer.status, header(answer, "OCI-Subject")], tag).toEqual([201, digest]);
    }
    const list = async (query = "") => {
      const answer = await readOnly.fetch("GET", `/v2/signed/referrers/${digest}${query}`);
      expect([answer.status, header(answer, "Content-Type")]).toEqual([200, mediaTypes.index]);
      const index = (await answer.json()) as {
        manifests: object[];
        schemaVersion: number;
        mediaType: string;
      };
      expect(index).toMatchObject({ schemaVersion: 2, mediaType: mediaTypes.index });
      return { ...index, filters: header(answer, "OCI-Filters-Applied") };
    };
    const all = await list();
    expect(all.manifests).toHaveLength(3);
    expect(all.manifests).toContainEqual({ ...signature.descriptor, artifactType, annotations });
    expect(all.manifests).toContainEqual({ ...derived.manifest.descriptor, artifactType: mediaTypes.config });
    expect(all.filters).toBe("");
    const filtered = await list(`?artifactType=${encodeURIComponent(artifactType)}`);
    expect(filtered.filters).toBe("artifactType");
    expect(filtered.manifests).toEqual([{ ...signature.descriptor, artifactType, annotations }]);
  });

  test("nothing refers to what is not there, and something may", async () => {
    const none = await readOnly.fetch("GET", `/v2/no/such/referrers/${missing}`);
    expect(await none.json()).toEqual({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] });
    await client.pushBlob("early", empty);
    const subject = { mediaType: mediaTypes.manifest, digest: missing, size: 123 };
    expect(
      (await client.pushManifest("early", manifestOf(empty, [empty], { artifactType, subject }))).status,
    ).toBe(201);
    const answer = await readOnly.fetch("GET", `/v2/early/referrers/${missing}`);
    expect(((await answer.json()) as { manifests: [] }).manifests).toHaveLength(1);
  });
});

describe("content management", () => {
  test("a tag, then a manifest, then a blob is deleted, at once", async () => {
    const pushed = await image(["deleted"]);
    await client.pushImage("deleted", pushed, "1");
    const { digest } = pushed.manifest.descriptor;
    const at = (what: string) => `/v2/deleted/${what}`;
    const blob = at(`blobs/${pushed.config.descriptor.digest}`);
    const held = await client.fetch("DELETE", blob);
    expect([held.status, await codeOf(held)]).toEqual([403, "DENIED"]);
    expect((await client.fetch("DELETE", at("manifests/1"))).status).toBe(202);
    expect((await client.fetch("HEAD", at("manifests/1"))).status).toBe(404);
    expect((await client.fetch("HEAD", at(`manifests/${digest}`))).status).toBe(200);
    expect((await client.fetch("DELETE", at(`manifests/${digest}`))).status).toBe(202);
    for (const gone of [at(`manifests/${digest}`), blob, at("tags/list")])
      expect((await client.fetch("GET", gone)).status).toBe(404);
    const { images, content: blobs } = registries.rooms;
    expect(images.get(pushed.config.descriptor.digest)).toBeUndefined();
    expect(await blobs.has(pushed.config.descriptor.digest)).toBe(false);
  });

  test("an artifact goes with its blobs", async () => {
    const data = content("data of an artifact");
    const config = content("{ }", "application/vnd.example.config");
    const artifact = { config, layers: [data], manifest: manifestOf(config, [data]) };
    await client.pushImage("artifact", artifact, "1");
    await client.pushImage(
      "artifact",
      { ...artifact, manifest: manifestOf(config, [data], { annotations: {} }) },
      "1",
    );
    const path = `/v2/artifact/manifests/${artifact.manifest.descriptor.digest}`;
    expect((await client.fetch("DELETE", path)).status).toBe(202);
    expect((await client.fetch("HEAD", path)).status).toBe(404);
    expect((await client.fetch("HEAD", `/v2/artifact/blobs/${data.descriptor.digest}`)).status).toBe(200);
    expect((await client.fetch("DELETE", "/v2/artifact/manifests/1")).status).toBe(202);
    const tags = (await (await client.fetch("GET", "/v2/artifact/tags/list")).json()) as { tags: string[] };
    expect(tags.tags).toEqual([]);
  });

  test("an image that a container uses stays, without its name", async () => {
    const pushed = await image(["used"]);
    await client.pushImage("used", pushed, "1");
    const { digest: imageId } = pushed.config.descriptor;
    registries.rooms.containers.push({ id: "c".repeat(64), imageId, running: true });
    const path = `/v2/used/manifests/${pushed.manifest.descriptor.digest}`;
    expect((await client.fetch("DELETE", path)).status).toBe(202);
    expect((await client.fetch("HEAD", path)).status).toBe(404);
    expect(registries.rooms.images.get(imageId)?.id).toBe(imageId);
  });

  test.each([
    ["POST", "blobs/uploads/"],
    ["PUT", "manifests/1"],
    ["DELETE", "manifests/1"],
    ["DELETE", `blobs/${missing}`],
  ])("without --writable there is no %s %s", async (method, path) => {
    const answer = await readOnly.fetch(method, `/v2/team/app/${path}`);
    expect([answer.status, await codeOf(answer)]).toEqual([405, "UNSUPPORTED"]);
    expect(header(answer, "Allow")).toBe(method === "POST" ? "" : "GET, HEAD");
  });
});
