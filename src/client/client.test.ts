import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { StdcopyDecoder } from "../api/stdcopy.ts";
import { SlipwayError } from "../errors/index.ts";
import { eventually, startTestServer, type TestServer } from "../server/testing/server.ts";
import * as api from "./index.ts";

let server: TestServer;
let client: api.Client;
beforeAll(async () => {
  server = await startTestServer();
  client = new api.Client(api.parseHost(server.host));
  await api.createContainer(client, { Image: "app" }, { name: "c" });
  await api.createContainer(client, { Image: "app", Tty: true }, { name: "tty" });
});
afterAll(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

async function failureOf(call: Promise<unknown>): Promise<SlipwayError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SlipwayError)) throw new Error(`not a SlipwayError: ${error}`);
  return error;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunks)).toString();
}

async function* chunksOf(size: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(1 << 16);
  for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
}

describe("calls", () => {
  test("answers are typed, in sequence and at the same time", async () => {
    expect((await api.ping(client)).apiVersion).toBe("1.51");
    expect((await api.version(client)).ApiVersion).toBe("1.51");
    const both = await Promise.all([api.inspectContainer(client, "c"), api.inspectContainer(client, "/tty")]);
    expect(both.map(({ Name }) => Name)).toEqual(["/c", "/tty"]);
    expect(await api.listContainers(client, { all: true, filters: { status: ["exited"] } })).toHaveLength(2);
    expect((await api.inspectImage(client, "registry/team/app")).Size).toBe(10);
  });

  test("failures have the engine's words and their kind", async () => {
    const missing = await failureOf(api.inspectContainer(client, "none"));
    expect([missing.kind, missing.message]).toEqual(["notFound", "No such container: none"]);
    expect((await failureOf(api.createContainer(client, { Image: "app" }, { name: "c" }))).kind).toBe(
      "conflict",
    );
    expect((await failureOf(api.statContainerPath(client, "c", "/none"))).kind).toBe("notFound");
  });

  test("what is so already is an answer, not a failure", async () => {
    expect(await api.startContainer(client, "c")).toBe(true);
    expect(await api.startContainer(client, "c")).toBe(false);
    expect(await api.stopContainer(client, "c", { timeout: 1 })).toBe(true);
    expect(await api.stopContainer(client, "c")).toBe(false);
  });

  test("nobody listening is `unavailable` and says where", async () => {
    const error = await failureOf(api.ping(new api.Client({ unix: "/nonexistent/api.sock" })));
    expect(error.kind).toBe("unavailable");
    expect(error.message).toContain("unix:///nonexistent/api.sock");
  });
});

describe("streams", () => {
  test("wait resolves before the container exits", async () => {
    await api.createContainer(client, { Image: "app" }, { name: "w" });
    await api.startContainer(client, "w");
    const { result } = await api.waitContainer(client, "w", "next-exit");
    await api.killContainer(client, "w");
    expect(await result).toEqual({ StatusCode: 137 });
  });

  test("an attached container echoes, half-close ends its input only", async () => {
    const stream = await api.attachContainer(client, "tty", { stdin: true, stdout: true, stream: true });
    expect(stream.framing).toBe("raw");
    await stream.write(Buffer.from("typed\n"));
    stream.endInput();
    expect(await textOf(stream.output)).toBe("hello\ntyped\nend\n");
  });

  test("an exec's framed output is taken apart", async () => {
    const { Id } = await api.createExec(client, "c", { Cmd: ["cat"] });
    const stream = await api.startExec(client, Id, {});
    expect(stream.framing).toBe("multiplexed");
    stream.endInput();
    let output = "";
    const decoder = new StdcopyDecoder((_, piece) => {
      output += Buffer.from(piece).toString();
    });
    for await (const chunk of stream.output) decoder.push(chunk);
    expect(output).toBe("hello\nend\n");
  });

  test("a refused upgrade is the engine's failure", async () => {
    expect((await failureOf(api.attachContainer(client, "none", {}))).message).toBe(
      "No such container: none",
    );
  });

  test("an aborted stream fails as cancelled and the engine notices", async () => {
    const abort = new AbortController();
    const events = await api.events(client, {}, abort.signal);
    const reading = failureOf(Array.fromAsync(events));
    abort.abort();
    expect((await reading).kind).toBe("cancelled");
    await eventually(() => server.backend.system.lastSignal?.aborted === true, "the engine's abort");
  });

  test("a body that is left half-read takes its connection with it", async () => {
    for await (const _ of await api.exportContainer(client, "c")) break;
    expect(await api.version(client)).toMatchObject({ ApiVersion: "1.51" });
  });

  test("uploads are streamed, and the engine's refusal ends them", async () => {
    await api.putContainerArchive(client, "c", "/", chunksOf(32 << 20));
    expect(server.backend.containers.uploaded).toBe(32 << 20);
    const refused = api.putContainerArchive(client, "none", "/", chunksOf(1 << 30));
    expect((await failureOf(refused)).kind).toBe("notFound");
  });

  test("a failing source fails the upload", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw new Error("disk unplugged");
    }
    expect(api.putContainerArchive(client, "c", "/", failing())).rejects.toThrow("disk unplugged");
  });

  test("progress is a stream, its failure is thrown", async () => {
    const messages = await Array.fromAsync(api.loadImages(client, chunksOf(1 << 20)));
    expect(messages.at(-1)).toEqual({ stream: "Loaded image: app:latest\n" });
    const seen: string[] = [];
    const failing = (async () => {
      for await (const { status } of api.bootstrapImage(client, "broken")) seen.push(status ?? "");
    })();
    expect((await failureOf(failing)).message).toBe("no such release");
    expect(seen).toEqual(["fetching broken"]);
  });

  test("a base image is made as it is asked for", async () => {
    const mirror = "http://m.example/debian/";
    const options = { tag: "base:1", variant: "slim", mirror, include: ["curl", "less,file"] };
    await Array.fromAsync(api.bootstrapImage(client, "debian:12", options));
    expect(server.backend.images.last).toEqual({ ref: "debian:12", ...options });
    await Array.fromAsync(api.bootstrapImage(client, "busybox"));
    expect(server.backend.images.last).toEqual({ ref: "busybox", include: [] });
  });
});

describe("registries", () => {
  const auth = { username: "ann", password: "secret" };
  const images = () => server.backend.images.last;
  const registries = () => server.backend.registries.last;

  test("pull and push name what goes, for whom and for which platform", async () => {
    const options = { tag: "v1", platform: "linux/arm64", auth };
    const pulled = await Array.fromAsync(api.pullImage(client, "r.example/team/app", options));
    expect(pulled).toEqual([{ status: "Pulling r.example/team/app:v1" }]);
    expect(images()).toEqual({ ref: "r.example/team/app:v1", platform: "linux/arm64", auth });
    const platform = { os: "linux", architecture: "arm", variant: "v7" };
    const [message] = await Array.fromAsync(api.pushImage(client, "app", { tag: "v1", platform, auth }));
    expect(message).toMatchObject({ aux: { Tag: "latest" } });
    expect(images()).toEqual({ ref: "app:v1", platform: "linux/arm/v7", auth });
    await Array.fromAsync(api.pushImage(client, "app"));
    expect(images()).toEqual({ ref: "app", allTags: true });
    expect((await failureOf(Array.fromAsync(api.pullImage(client, "missing", { tag: "x" })))).kind).toBe(
      "notFound",
    );
  });

  test("login, distribution and search", async () => {
    expect((await api.login(client, { ...auth, serveraddress: "r.example" })).Status).toBe("Login Succeeded");
    expect((await failureOf(api.login(client, { username: "bob" }))).kind).toBe("unauthorized");
    const { Platforms } = await api.inspectDistribution(client, "r.example/app:v1", auth);
    expect(Platforms).toEqual([{ architecture: "amd64", os: "linux" }]);
    expect(registries()).toEqual({ ref: "r.example/app:v1", auth });
    const found = await api.search(client, "deb", { limit: 3, filters: { stars: ["2"] }, auth });
    expect(found.map(({ name }) => name)).toEqual(["deb"]);
    expect(registries()).toEqual({ limit: 3, filters: { stars: ["2"] }, auth });
  });
});

describe("an engine that restarts", () => {
  test("a connection that died while idle is replaced", async () => {
    const first = await startTestServer();
    const own = new api.Client({ unix: first.path });
    await api.ping(own);
    await first[Symbol.asyncDispose]();
    expect((await failureOf(api.ping(own))).kind).toBe("unavailable");
  });
});
