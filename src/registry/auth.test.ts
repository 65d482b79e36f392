import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mediaTypes } from "../oci/image.ts";
import { parseReference } from "../oci/reference.ts";
import { type Credentials, Registries } from "./index.ts";
import {
  appOf,
  type Behaviour,
  bytes,
  descriptorOf,
  digestOfAll,
  FakeRegistry,
  json,
  only,
  plainSettings,
  quick,
  refusal,
  signal,
} from "./testing/index.ts";

const alice = { username: "alice", password: "s:ecret" };
const aliceBasic = `Basic ${Buffer.from("alice:s:ecret").toString("base64")}`;
const content = Buffer.from("a layer");
const layer = descriptorOf(content);
const blob = `/v2/app/blobs/${layer.digest}`;
const realm = "/token";
let fake: FakeRegistry;
let challenge: string;

beforeEach(async () => {
  fake = await FakeRegistry.start();
  challenge = `Bearer realm="http://${fake.host}${realm}",service="fake"`;
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
});

const read = (app: { blob: ReturnType<typeof appOf>["blob"] }) => digestOfAll(app.blob(layer, { signal }));
const needs = (token: string): Behaviour => only(`Bearer ${token}`, challenge, bytes(200, content));
const tokens = (method = "GET") => fake.asked(`${method} ${realm}`);

describe("a registry with a token server", () => {
  test("gives nobody a token for what everybody may read", async () => {
    fake.on(`GET ${realm}`, json(200, { token: "t1" })).on(`GET ${blob}`, needs("t1"));
    expect(await read(appOf(fake))).toBe(layer.digest);
    const [asked] = tokens();
    expect(asked?.headers.authorization).toBeUndefined();
    expect(asked?.path).toBe(`${realm}?service=fake&scope=repository%3Aapp%3Apull`);
  });

  test("gives a token for a name and a password", async () => {
    fake.on(`GET ${realm}`, only(aliceBasic, "Basic", json(200, { access_token: "t1" })));
    fake.on(`GET ${blob}`, needs("t1"));
    expect(await read(appOf(fake, alice))).toBe(layer.digest);
    expect(tokens()[0]?.path).toContain("account=alice");
  });

  test("gives a token for an identity token", async () => {
    fake.on(`POST ${realm}`, json(200, { access_token: "t1" })).on(`GET ${blob}`, needs("t1"));
    expect(await read(appOf(fake, { username: "alice", identityToken: "refresh" }))).toBe(layer.digest);
    const form = Object.fromEntries(new URLSearchParams(tokens("POST")[0]?.body.toString()));
    expect(form).toEqual({
      grant_type: "refresh_token",
      refresh_token: "refresh",
      service: "fake",
      client_id: "docker",
      scope: "repository:app:pull",
    });
  });

  test("is sent a registry token as it is", async () => {
    fake.on(`GET ${blob}`, needs("mine"));
    expect(await read(appOf(fake, { registryToken: "mine" }))).toBe(layer.digest);
    expect(tokens()).toHaveLength(0);
  });

  test("is asked once for all that needs the same token", async () => {
    fake.on(`GET ${realm}`, json(200, { token: "t1", expires_in: 3600 })).on(`GET ${blob}`, needs("t1"));
    const app = appOf(fake);
    await Promise.all(Array.from({ length: 8 }, () => read(app)));
    await read(app);
    expect(tokens()).toHaveLength(1);
    // The registry has said that it wants tokens: nobody goes there without one again.
    expect(fake.asked(`GET ${blob}`).slice(-1)[0]?.headers.authorization).toBe("Bearer t1");
  });

  test("renews a token that has expired, and one that is refused", async () => {
    const stale = { token: "t1", expires_in: 60, issued_at: "2020-01-01T00:00:00Z" };
    fake.on(`GET ${realm}`, json(200, stale), json(200, { token: "t2", expires_in: 3600 }));
    fake.on(`GET ${blob}`, needs("t1"));
    const app = appOf(fake);
    await read(app);
    fake.on(`GET ${blob}`, needs("t2"));
    await read(app);
    expect(tokens()).toHaveLength(2);

    fake.on(`GET ${realm}`, json(200, { token: "t3" })).on(`GET ${blob}`, needs("t3"));
    await read(app);
    expect(tokens()).toHaveLength(3);
  });

  test("is not asked for ever", async () => {
    fake.on(`GET ${realm}`, json(200, { token: "wrong" })).on(`GET ${blob}`, needs("right"));
    await expect(read(appOf(fake))).rejects.toMatchObject({
      kind: "unauthorized",
      message: "unauthorized: authentication required",
    });
    expect(tokens()).toHaveLength(1);
  });

  test("says why it gives none", async () => {
    fake.on(`GET ${realm}`, json(401, { details: "incorrect username or password" }));
    fake.on(`GET ${blob}`, needs("t1"));
    await expect(read(appOf(fake, alice))).rejects.toMatchObject({
      kind: "unauthorized",
      message: "unauthorized: incorrect username or password",
    });
  });

  test("gives a token that is not good for everything", async () => {
    const scope = `${challenge},error="insufficient_scope"`;
    fake.on(`GET ${realm}`, json(200, { token: "t1" }));
    fake.on(
      "GET /v2/app/manifests/v1",
      refusal(401, "UNAUTHORIZED", "authentication required", { "WWW-Authenticate": scope }),
    );
    await expect(appOf(fake).manifest("v1", signal)).rejects.toMatchObject({
      kind: "notFound",
      message: `pull access denied for ${fake.host}/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    });
  });

  test("is asked for the right scopes", async () => {
    fake.on(`GET ${realm}`, json(200, { token: "t1" }));
    fake.on("POST /v2/app/blobs/uploads/", only("Bearer t1", challenge, bytes(201, "")));
    fake.on("PUT /v2/app/manifests/v1", only("Bearer t1", challenge, bytes(201, "")));
    expect(await appOf(fake, alice).mountBlob(layer.digest, "base", signal)).toBe(true);
    await appOf(fake, alice).putManifest("v1", mediaTypes.manifest, content, signal);
    const scopes = tokens().map(({ path }) => new URL(path, "http://x").searchParams.getAll("scope"));
    expect(scopes).toEqual([
      ["repository:app:pull,push", "repository:base:pull"],
      ["repository:app:pull,push"],
    ]);
  });

  test("in clear gets no password unless it may be insecure", async () => {
    challenge = 'Bearer realm="http://192.0.2.1/token",service="fake"';
    fake.on(`GET ${blob}`, needs("t1"));
    await expect(read(appOf(fake, alice))).rejects.toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("password in clear"),
    });
  });
});

test("basic credentials are sent where they are asked for, and only there", async () => {
  fake.on(`GET ${blob}`, only(aliceBasic, 'Basic realm="fake"', bytes(200, content)));
  expect(await read(appOf(fake, alice))).toBe(layer.digest);
  await expect(read(appOf(fake, { ...alice, password: "wrong" }))).rejects.toMatchObject({
    kind: "unauthorized",
    message: "unauthorized: authentication required",
  });
  await expect(read(appOf(fake))).rejects.toMatchObject({
    kind: "unauthorized",
    message: `no basic auth credentials: log in to ${fake.host} first`,
  });
  fake.on("GET /v2/app/tags/list", json(200, { tags: [] }));
  await Array.fromAsync(appOf(fake, alice).tags(signal));
  expect(fake.asked("GET /v2/app/tags/list")[0]?.headers.authorization).toBeUndefined();
});

describe("redirects", () => {
  test("to another host are followed without the Authorization", async () => {
    await using storage = await FakeRegistry.start();
    storage.on("GET /bucket", bytes(200, content));
    const redirect = bytes(307, "", { Location: `http://${storage.host}/bucket?signature=a%2Bb` });
    fake.on(`GET ${blob}`, only(aliceBasic, "Basic", redirect));
    expect(await read(appOf(fake, alice))).toBe(layer.digest);
    const [asked] = storage.asked("GET /bucket");
    expect(asked?.headers.authorization).toBeUndefined();
    expect(asked?.path).toBe("/bucket?signature=a%2Bb");
  });

  test("on the same host keep it", async () => {
    fake.on(`GET ${blob}`, only(aliceBasic, "Basic", bytes(302, "", { Location: "/moved" })));
    fake.on("GET /moved", only(aliceBasic, "Basic", bytes(200, content)));
    expect(await read(appOf(fake, alice))).toBe(layer.digest);
  });

  test("without an end are given up", async () => {
    fake.on(`GET ${blob}`, bytes(302, "", { Location: blob }));
    await expect(read(appOf(fake))).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("more than 10 times"),
    });
    expect(fake.asked(`GET ${blob}`)).toHaveLength(11);
  });

  test("to what is not the web are refused", async () => {
    fake.on(`GET ${blob}`, bytes(302, "", { Location: "file:///etc/passwd" }));
    await expect(read(appOf(fake))).rejects.toMatchObject({ kind: "invalid" });
  });
});

describe("a login", () => {
  const logIn = (credentials: Credentials = alice) =>
    new Registries(plainSettings, quick).login(fake.host, credentials, signal);

  test("gets a refresh token where there is a token server", async () => {
    const grant = json(200, { token: "t1", refresh_token: "refresh" });
    fake.on(`GET ${realm}`, only(aliceBasic, "Basic", grant));
    fake.on("GET /v2/", only("Bearer t1", challenge, json(200, {})));
    expect(await logIn()).toEqual({ identityToken: "refresh" });
    expect(tokens()[0]?.path).toBe(`${realm}?service=fake&account=alice&offline_token=true&client_id=docker`);
  });

  test("fails for the registry's own reason", async () => {
    fake.on(`GET ${realm}`, refusal(401, "UNAUTHORIZED", "incorrect username or password"));
    fake.on("GET /v2/", only("Bearer t1", challenge, json(200, {})));
    await expect(logIn()).rejects.toMatchObject({
      kind: "unauthorized",
      message: "unauthorized: incorrect username or password",
    });
    fake.on("GET /v2/", only(aliceBasic, 'Basic realm="x"', json(200, {})));
    expect(await logIn()).toEqual({});
    await expect(logIn({ username: "alice", password: "wrong" })).rejects.toMatchObject({
      kind: "unauthorized",
      message: `login attempt to http://${fake.host}/v2/ failed with status: 401: unauthorized: authentication required`,
    });
  });
});

describe("mirrors", () => {
  const through = (...mirrors: FakeRegistry[]) => {
    const rules = { [fake.host]: { mirrors: mirrors.map(({ host }) => `http://${host}/cache`) } };
    return new Registries({ ...plainSettings, rules }, quick).repository(
      parseReference(`${fake.host}/app`),
      alice,
    );
  };
  const cached = `GET /v2/cache/app/blobs/${layer.digest}`;

  test("are read from first, as nobody", async () => {
    await using mirror = await FakeRegistry.start();
    mirror.on(cached, bytes(200, content));
    expect(await read(through(mirror))).toBe(layer.digest);
    expect(mirror.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(fake.seen).toHaveLength(0);
  });

  test("that have it not, refuse it or break are passed over", async () => {
    await using empty = await FakeRegistry.start();
    await using closed = await FakeRegistry.start();
    await using broken = await FakeRegistry.start();
    closed.on(cached, only("Basic x", "Basic", bytes(200, content)));
    broken.on(cached, json(500, {}));
    fake.on(`GET ${blob}`, only(aliceBasic, "Basic", bytes(200, content)));
    expect(await read(through(empty, closed, broken))).toBe(layer.digest);
    for (const mirror of [empty, closed, broken])
      expect(mirror.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test("are not written to", async () => {
    await using mirror = await FakeRegistry.start();
    fake.on("PUT /v2/app/manifests/v1", bytes(201, ""));
    await through(mirror).putManifest("v1", mediaTypes.manifest, content, signal);
    expect(mirror.seen).toHaveLength(0);
  });

  test("are told of when the registry fails, too", async () => {
    await using mirror = await FakeRegistry.start();
    mirror.on("GET /v2/cache/app/manifests/v1", bytes(503, ""));
    await expect(through(mirror).manifest("v1", signal)).rejects.toMatchObject({
      kind: "notFound",
      message: expect.stringContaining(`its mirror ${mirror.host}: ${mirror.host} answered with status 503`),
    });
  });
});

test("search asks the first version of the API, or says that there is none", async () => {
  const registries = new Registries(plainSettings, quick);
  await expect(registries.search(fake.host, "app", { signal })).rejects.toMatchObject({
    kind: "notImplemented",
    message: `the registry ${fake.host} has no search (/v1/search)`,
  });
  const result = { name: "team/app", description: "An app", star_count: 7, is_official: false };
  fake.on("GET /v1/search", json(200, { results: [result] }));
  expect(await registries.search(fake.host, "a b", { signal, limit: 5 })).toEqual([
    { name: "team/app", description: "An app", stars: 7, official: false, automated: false },
  ]);
  expect(fake.asked("GET /v1/search").at(-1)?.path).toBe("/v1/search?q=a+b&n=5");
  await expect(registries.search(fake.host, "a", { signal, limit: 101 })).rejects.toMatchObject({
    kind: "invalid",
  });
});
