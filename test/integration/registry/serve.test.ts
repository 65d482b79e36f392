import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../../src/oci/digest.ts";
import { dockerArchive } from "../../support/docker-archive.ts";
import { commandLines, run, TestEngine, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { certify, freePort, htpasswd } from "../../support/registry.ts";
import { ServedRegistry } from "../../support/served.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

setDefaultTimeout(120_000);

/** Has busybox and serves it. */
const fixture = withEngine();
/** Has nothing. */
let other: TestEngine;
beforeAll(async () => {
  other = await TestEngine.start();
});
afterAll(async () => {
  await other.dispose();
});

const serve = (...flags: string[]) => ServedRegistry.start(fixture.engine, flags);
const idOf = async (engine: TestEngine, name: string) =>
  must(await engine.slipway(["image", "inspect", "-f", "{{.Id}}", name])).stdout.trim();
const uploads = (engine: TestEngine) => readdirSync(join(engine.dataRoot, "content", "ingest"));
const blobs = (engine: TestEngine) => readdirSync(join(engine.dataRoot, "content", "blobs", "sha256")).sort();
const isReached = (url: string) =>
  fetch(`${url}/v2/`).then(
    () => true,
    () => false,
  );

describe.each(commandLines)("through %s", (line) => {
  const there = async (...args: string[]) => must(await run(other, line, args)).stdout.trim();

  test("another engine pulls and runs what is served", async () => {
    await using registry = await serve();
    const name = `${registry.host}/busybox`;
    await there("pull", name);
    expect(await idOf(other, name)).toBe(await idOf(fixture.engine, "busybox"));
    expect(await there("run", "--rm", name, "echo", "served")).toBe("served");
    await there("rmi", name);
    expect(registry.lines.join("\n")).toMatch(
      / 127\.0\.0\.1:\d+ - "GET \/v2\/busybox\/manifests\/latest" 200 \d+\n/,
    );
    expect(await run(other, line, ["pull", `${registry.host}/no/such`])).toMatchObject({ code: 1 });
  });

  test("names of other registries are below their domains", async () => {
    must(await fixture.engine.slipway(["tag", "busybox", "registry.example:5000/team/app:1"]));
    await using registry = await serve("--prefix", "registry.example:5000");
    const name = `${registry.host}/registry.example_5000/team/app:1`;
    await there("pull", "-q", name);
    await there("rmi", name);
    expect(await run(other, line, ["pull", `${registry.host}/busybox`])).toMatchObject({ code: 1 });
    must(await fixture.engine.slipway(["rmi", "registry.example:5000/team/app:1"]));
  });

  test("users with a password come in, over TLS", async () => {
    using folder = new Folder();
    await certify(folder);
    writeFileSync(folder.join("users"), await htpasswd({ alice: "wonder:land" }));
    const files = ["--tls-cert", "registry.crt", "--tls-key", "registry.key", "--htpasswd", "users"];
    await using registry = await serve(
      ...files.map((part) => (part.startsWith("--") ? part : folder.join(part))),
    );
    const ca = readFileSync(folder.join("ca.crt"), "utf8");
    const refused = await fetch(`${registry.url}/v2/`, { tls: { ca } });
    expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ]);

    const name = `${registry.host}/busybox`;
    const env = { DOCKER_CONFIG: folder.join("config") };
    const login = (stdin: string) =>
      run(other, line, ["login", "-u", "alice", "--password-stdin", registry.host], { stdin, env });
    expect((await run(other, line, ["pull", name], { env })).stderr).toContain("no basic auth credentials");
    expect(await login("wrong")).toMatchObject({ code: 1, stderr: expect.stringContaining("unauthorized") });
    must(await login("wonder:land"));
    must(await run(other, line, ["pull", "-q", name], { env }));
    expect(registry.lines.join("\n")).toContain(' alice "GET /v2/busybox/manifests/latest" 200 ');
    await there("rmi", name);
  });

  test("what another engine pushes runs here", async () => {
    const name = uniqueName("pushed");
    await using registry = await serve("--writable");
    const layers = [[{ name: "file", data: randomBytes(3_000_000) }], [{ name: "small", data: line }]];
    const remote = `${registry.host}/team/${name}:1`;
    must(await other.slipway(["load"], { stdin: dockerArchive({ tag: remote, layers }) }));
    await there("push", remote);
    await there("push", remote);
    expect(await idOf(fixture.engine, `team/${name}:1`)).toBe(await idOf(other, remote));
    must(await fixture.engine.slipway(["create", "--name", name, `team/${name}:1`, "none"]));
    const copied = must(await fixture.engine.slipway(["cp", `${name}:/small`, "-"]));
    expect(copied.stdout).toContain(line);
    must(await fixture.engine.slipway(["rm", name]));
    must(await fixture.engine.slipway(["rmi", `team/${name}:1`]));
    await there("rmi", remote);
    expect(uploads(fixture.engine)).toEqual([]);
    must(await fixture.engine.slipway(["system", "check"]));
  });

  test("a push to what is read-only says what to do", async () => {
    await using registry = await serve();
    const name = `${registry.host}/busybox:2`;
    await there("pull", "-q", `${registry.host}/busybox`);
    await there("tag", `${registry.host}/busybox`, name);
    const push = await run(other, line, ["push", name]);
    expect([push.code, push.stderr]).toEqual([
      1,
      expect.stringContaining("read-only: serve it with --writable"),
    ]);
    await there("rmi", "-f", name, `${registry.host}/busybox`);
  });
});

test("two pulls at once are served", async () => {
  await using registry = await serve();
  const tag = `${uniqueName("big")}:1`;
  const layers = Array.from({ length: 4 }, () => [{ name: "file", data: randomBytes(2_000_000) }]);
  must(await fixture.engine.slipway(["load"], { stdin: dockerArchive({ tag, layers }) }));
  const third = await TestEngine.start();
  try {
    const pulls = [other, third].map((engine) => engine.slipway(["pull", "-q", `${registry.host}/${tag}`]));
    for (const pull of await Promise.all(pulls)) must(pull);
    for (const engine of [other, third])
      expect(await idOf(engine, `${registry.host}/${tag}`)).toBe(await idOf(fixture.engine, tag));
  } finally {
    await third.dispose();
  }
  must(await other.slipway(["rmi", `${registry.host}/${tag}`]));
  must(await fixture.engine.slipway(["rmi", tag]));
});

test("it can be the mirror of Docker Hub", async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  await using registry = await serve("--listen", listen);
  const engine = await TestEngine.start({ flags: [`--registry-mirror=${registry.url}`] });
  try {
    must(await engine.slipway(["pull", "-q", "busybox"]));
    expect(await idOf(engine, "busybox")).toBe(await idOf(fixture.engine, "busybox"));
  } finally {
    await engine.dispose();
  }
});

test("an artifact outlives the engine, and goes when it is deleted", async () => {
  const before = blobs(fixture.engine);
  const data = JSON.stringify({ signed: "by nobody" });
  const descriptor = { mediaType: "application/vnd.example+json", digest: digestOf(data), size: data.length };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const artifactType = "application/vnd.example.signature";
  const manifest = { schemaVersion: 2, mediaType, artifactType, config: descriptor, layers: [descriptor] };
  const registry = await serve("--writable");
  const at = (url: string, what: string) => `${url}/v2/team/signature/${what}`;
  const blob = at(registry.url, `blobs/uploads/?digest=${descriptor.digest}`);
  expect((await fetch(blob, { method: "POST", body: data })).status).toBe(201);
  const put = { method: "PUT", body: JSON.stringify(manifest), headers: { "Content-Type": mediaType } };
  expect((await fetch(at(registry.url, "manifests/1"), put)).status).toBe(201);
  await fixture.engine.kill();
  await registry.ended;
  await fixture.engine.start();

  await using again = await serve("--writable");
  expect(await (await fetch(at(again.url, "manifests/1"))).json()).toEqual(manifest);
  expect(must(await fixture.engine.slipway(["system", "check"])).stdout).toContain("nothing is wrong");
  expect(await (await fetch(at(again.url, `blobs/${descriptor.digest}`))).text()).toBe(data);
  expect(must(await fixture.engine.slipway(["images", "-aq", "team/signature"])).stdout).toBe("");
  const gone = await fetch(at(again.url, `manifests/${digestOf(JSON.stringify(manifest))}`), {
    method: "DELETE",
  });
  expect(gone.status).toBe(202);
  expect(blobs(fixture.engine)).toEqual(before);
});

describe("the end", () => {
  test.each(["SIGINT", "SIGKILL"] as const)(
    "of the command by %s is the end of the registry",
    async (signal) => {
      await using registry = await serve("--writable");
      const begun = await fetch(`${registry.url}/v2/team/app/blobs/uploads/`, { method: "POST" });
      expect(begun.status).toBe(202);
      expect(uploads(fixture.engine)).toHaveLength(1);
      await registry.stop(signal);
      await until("nobody listens", async () => !(await isReached(registry.url)));
      await until("the upload is gone", () => uploads(fixture.engine).length === 0);
    },
  );

  test("of the engine amid an upload leaves nothing", async () => {
    const before = blobs(fixture.engine);
    const ingest = join(fixture.engine.dataRoot, "content", "ingest");
    const registry = await serve("--writable");
    const { url } = registry;
    const whole = await fetch(`${url}/v2/team/app/blobs/uploads/`, { method: "POST" });
    const location = new URL(whole.headers.get("Location") ?? "", url);
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(randomBytes(3_000_000))),
    });
    const cut = fetch(location, { method: "PATCH", body: endless }).then(
      () => "answered",
      () => "cut",
    );
    const arrived = () => uploads(fixture.engine).map((name) => statSync(join(ingest, name)).size);
    await until("a part has come", () => arrived().some((size) => size > 1_000_000));
    const blob = new Uint8Array(randomBytes(1000));
    const digest = digestOf(blob);
    const complete = await fetch(`${url}/v2/team/app/blobs/uploads/?digest=${digest}`, {
      method: "POST",
      body: blob,
    });
    expect(complete.status).toBe(201);
    await fixture.engine.kill();
    expect(await cut).toBe("cut");
    expect(await registry.ended).not.toBe(0);
    await fixture.engine.start();
    expect(uploads(fixture.engine)).toEqual([]);
    await until("the blob without a manifest is gone", () => blobs(fixture.engine).join() === before.join());
    await using again = await serve();
    must(await other.slipway(["pull", "-q", `${again.host}/busybox`]));
    must(await other.slipway(["rmi", `${again.host}/busybox`]));
    must(await fixture.engine.slipway(["system", "check"]));
  });
});

describe("what cannot be served is an error", () => {
  test.each([
    ["an address that others reach, without TLS", ["--listen", "0.0.0.0:0"], "say --insecure"],
    ["no address", ["--listen", "5000"], 'invalid address "5000"'],
    ["a certificate without its key", ["--tls-cert", "/etc/hostname"], "belong together"],
    [
      "no certificate",
      ["--tls-cert", "/etc/hostname", "--tls-key", "/etc/hostname"],
      "cannot serve 127.0.0.1:0",
    ],
    ["no password file", ["--htpasswd", "/etc/passwd"], "make it with htpasswd -B"],
    ["a file that is not there", ["--htpasswd", "/no/such"], "cannot read /no/such: ENOENT"],
    ["an impossible prefix", ["--prefix", "Team"], 'invalid prefix "Team"'],
  ])("%s", async (_name, flags, message) => {
    const argv = ["registry", "serve", "--listen", "127.0.0.1:0", ...flags];
    const result = await fixture.engine.slipway(argv, { timeout: 10_000 });
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  test("a port that is in use", async () => {
    await using registry = await serve();
    const argv = ["registry", "serve", "--listen", registry.host];
    const result = await fixture.engine.slipway(argv, { timeout: 10_000 });
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining("the port is in use")]);
  });
});
