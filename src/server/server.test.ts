import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually, startTestServer, type TestServer } from "./testing/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const name of ["c", "stopped"]) await server.backend.containers.create({ Image: "app" }, { name });
});
afterAll(() => server[Symbol.asyncDispose]());

const post = (url: string, body?: unknown) =>
  server.fetch(url, {
    method: "POST",
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
const message = async (response: Response) => ((await response.json()) as { message: string }).message;
const last = () => server.backend.containers.last;

describe("every answer", () => {
  test("_ping says OK, with the headers that clients negotiate by", async () => {
    const response = await server.fetch("/_ping");
    expect(await response.text()).toBe("OK");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "api-version": "1.51",
      "docker-experimental": "false",
      ostype: "linux",
      "builder-version": "1",
      swarm: "inactive",
    });
    expect(response.headers.get("server")).toMatch(/^Slipway\/\S+ \(linux\)$/);
  });

  test("HEAD _ping has no body", async () => {
    const client = server.open();
    client.send("HEAD /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.rest()).toEndWith("\r\n\r\n");
  });

  test.each([
    ["/v1.99/info", 400, "client version 1.99 is too new. Maximum supported API version is 1.51"],
    [
      "/v1.12/info",
      400,
      "client version 1.12 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version",
    ],
    ["/nothing", 404, "page not found"],
    ["/v1.51/containers/c/nothing", 404, "page not found"],
    ["/containers/create", 404, "No such container: create"],
    ["/containers/none/json", 404, "No such container: none"],
    ["/containers/json?filters={", 400, "invalid filter: { is not a JSON object of lists of strings"],
    ["/containers/c/logs", 400, "Bad parameters: you must choose at least one stream"],
    ["/containers/c/archive", 400, "bad parameter: 'path' cannot be empty"],
    ["/containers/c/stats?one-shot=1", 400, "cannot have stream=true and one-shot=true"],
    ["/events?since=2&until=1", 400, "`since` time (2) cannot be after `until` time (1)"],
  ])("GET %s is %d %s", async (url, status, text) => {
    const path = url === "/containers/create" ? "/containers/create/json" : url;
    const response = await server.fetch(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await message(response)).toBe(text);
  });

  test("requests on one connection are answered in turn", async () => {
    const client = server.open();
    client.send("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("\r\n\r\nOK");
    client.send("GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.rest()).toContain('"MinAPIVersion":"1.24"');
  });
});

describe("bodies", () => {
  test("names match in any case, unknown ones and nulls are ignored, Cmd may be a string", async () => {
    const body = {
      image: "app",
      CMD: "sh",
      Env: null,
      Nonsense: 1,
      Labels: { camelCase: "kept" },
      hostconfig: { memory: 5, Binds: null },
    };
    expect((await post("/containers/create?name=cased", body)).status).toBe(201);
    expect(last()).toEqual({
      request: { Image: "app", Cmd: "sh", Labels: { camelCase: "kept" }, HostConfig: { Memory: 5 } },
      options: { name: "cased", readOnlyRecursive: true },
    });
  });

  test("a container's own inspect output is accepted", async () => {
    const inspect = (await (await server.fetch("/containers/c/json")).json()) as {
      Config: object;
      HostConfig: object;
    };
    const body = {
      ...inspect,
      ...inspect.Config,
      HostConfig: { ...inspect.HostConfig, ConsoleSize: [0, 0] },
    };
    expect((await post("/containers/create?name=again", body)).status).toBe(201);
  });

  test.each([
    [
      { Image: "app", HostConfig: { Memory: "lots" } },
      "invalid JSON: HostConfig.Memory must be an integer, not string",
    ],
    [{ Image: "app", Env: [1] }, "invalid JSON: Env[0] must be a string, not number"],
    [[], "invalid JSON: the body must be an object, not array"],
  ])("a value of the wrong type is named: %j", async (body, text) => {
    const response = await post("/containers/create", body);
    expect(response.status).toBe(400);
    expect(await message(response)).toBe(text);
  });

  test("create without a body is refused, start, exec, update and volume create do without", async () => {
    expect((await post("/containers/create")).status).toBe(400);
    expect((await post("/containers/c/update")).status).toBe(200);
    expect((await post("/containers/c/exec")).status).toBe(201);
    expect((await post("/volumes/create")).status).toBe(201);
    expect((await post("/commit?container=c")).status).toBe(201);
  });

  test("broken JSON is 400", async () => {
    const response = await server.fetch("/containers/create", { method: "POST", body: "{" });
    expect(response.status).toBe(400);
    expect(await message(response)).toStartWith("invalid JSON: ");
  });
});

describe("parameters", () => {
  test("filters come as lists and as maps", async () => {
    await server.fetch(`/containers/json?filters=${encodeURIComponent('{"status":["exited"]}')}`);
    expect(last()).toMatchObject({ filters: { status: ["exited"] } });
    await server.fetch(
      `/containers/json?all=True&filters=${encodeURIComponent('{"label":{"a":true,"b":false}}')}`,
    );
    expect(last()).toMatchObject({ all: true, filters: { label: ["a"] } });
  });

  test("names are decoded and may begin with a slash", async () => {
    expect((await server.fetch("/containers/%2Fc/json")).status).toBe(200);
    expect((await server.fetch("/containers//c/json")).status).toBe(200);
    expect((await server.fetch("/images/registry/team/app/json")).status).toBe(200);
  });

  test("stop has a timeout and, since 1.42, a signal; resize keeps h and w apart", async () => {
    await post("/containers/c/stop?t=-1&signal=SIGINT");
    expect(last()).toEqual({ timeout: -1, signal: "SIGINT" });
    await post("/v1.41/containers/c/stop?t=3&signal=SIGINT");
    expect(last()).toEqual({ timeout: 3 });
    await post("/containers/c/resize?h=24&w=80");
    expect(last()).toEqual({ height: 24, width: 80 });
    expect((await post("/containers/c/resize?h=x&w=80")).status).toBe(400);
  });

  test("starting twice is 304 without a body", async () => {
    expect((await post("/containers/c/start")).status).toBe(204);
    const again = await post("/containers/c/start");
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
  });
});

describe("streams", () => {
  test.each([
    ["GET", "/events"],
    ["GET", "/containers/c/logs?stdout=1&follow=1"],
    ["GET", "/containers/c/stats"],
    ["POST", "/containers/stopped/wait?condition=next-exit"],
  ])("the head of %s %s is sent before there is a body", async (method, url) => {
    const client = server.open();
    client.send(`${method} ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    expect(await client.until("\r\n\r\n")).toStartWith("HTTP/1.1 200 OK\r\n");
    client.destroy();
  });

  test("a client that leaves a followed log aborts it", async () => {
    const client = server.open();
    client.send("GET /containers/c/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.until("\r\n\r\n");
    client.destroy();
    await eventually(() => server.backend.containers.lastSignal?.aborted === true, "the signal's abort");
  });

  test("the log's content type tells its framing since 1.42", async () => {
    const type = async (url: string) => (await server.fetch(url)).headers.get("content-type");
    expect(await type("/containers/c/logs?stdout=1")).toBe("application/vnd.docker.multiplexed-stream");
    expect(await type("/v1.41/containers/c/logs?stdout=1")).toBe("application/vnd.docker.raw-stream");
  });

  test("wait answers when the container has exited", async () => {
    const waiting = await post("/containers/c/wait");
    await post("/containers/c/kill");
    expect(await waiting.json()).toEqual({ StatusCode: 137 });
    expect(await message(await post("/containers/c/wait?condition=never"))).toBe(
      'invalid condition: "never"',
    );
  });

  test("a failure before the first message is an error, a later one is a message", async () => {
    const load = await server.fetch("/images/load", { method: "POST", body: "bad archive" });
    expect([load.status, await message(load)]).toEqual([400, "not an archive"]);
    const bootstrap = await post("/images/bootstrap?ref=broken");
    expect(await bootstrap.text()).toBe(
      '{"status":"fetching broken"}\r\n{"errorDetail":{"message":"no such release"},"error":"no such release"}\r\n',
    );
  });

  test("quiet keeps progress out of a load", async () => {
    const response = await server.fetch("/images/load?quiet=1", { method: "POST", body: "archive" });
    expect(await response.text()).toBe('{"stream":"Loaded image: app:latest\\n"}\r\n');
  });

  test("an upload of any size is streamed in bounded memory", async () => {
    const megabytes = Number(process.env.SLIPWAY_TEST_UPLOAD_MB ?? 128);
    const chunk = new Uint8Array(1 << 20);
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (sent++ < megabytes) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const before = process.memoryUsage.rss();
    const response = await server.fetch("/containers/c/archive?path=/", { method: "PUT", body });
    expect(response.status).toBe(200);
    expect(server.backend.containers.uploaded).toBe(megabytes << 20);
    expect(process.memoryUsage.rss() - before).toBeLessThan(96 << 20);
  });

  test("an archive's head has its stat", async () => {
    const response = await server.fetch("/containers/c/archive?path=/etc/hosts", { method: "HEAD" });
    const stat = Buffer.from(response.headers.get("x-docker-container-path-stat") ?? "", "base64").toString();
    expect(JSON.parse(stat)).toMatchObject({ name: "hosts", mode: 0o644 });
    const missing = await server.fetch("/containers/c/archive?path=/none", { method: "HEAD" });
    expect(missing.status).toBe(404);
  });
});

describe("what is off or comes later", () => {
  test.each([
    ["GET", "/nodes", 503],
    ["GET", "/swarm", 503],
    ["POST", "/services/create", 503],
    ["GET", "/plugins", 200],
    ["POST", "/session", 501],
    ["POST", "/networks/prune", 200],
  ])("%s %s is %d", async (method, url, status) => {
    expect((await server.fetch(url, { method })).status).toBe(status);
  });
});

describe("older versions", () => {
  const json = async (url: string) => (await (await server.fetch(url)).json()) as Record<string, unknown>;

  test("images have VirtualSize before 1.44, <none> before 1.43, no descriptor before 1.48", async () => {
    const [newest] = (await json("/images/json")) as unknown as Record<string, unknown>[];
    const [older] = (await json("/v1.43/images/json")) as unknown as Record<string, unknown>[];
    const [oldest] = (await json("/v1.42/images/json")) as unknown as Record<string, unknown>[];
    expect(newest).toMatchObject({ Containers: 2, RepoTags: [], Descriptor: { digest: "d" } });
    expect(newest).not.toHaveProperty("VirtualSize");
    expect(older).toMatchObject({ Containers: -1, RepoTags: [], VirtualSize: 10 });
    expect(older).not.toHaveProperty("Descriptor");
    expect(oldest).toMatchObject({ RepoTags: ["<none>:<none>"] });
  });

  test("a container's user networks had its short id among the aliases before 1.45", async () => {
    const { Id, NetworkSettings } = await json("/v1.44/containers/c/json");
    const short = String(Id).slice(0, 12);
    expect(NetworkSettings).toMatchObject({ Networks: { mine: { Aliases: ["alias", short] } } });
    expect(await json("/containers/c/json")).toMatchObject({
      NetworkSettings: { Networks: { mine: { Aliases: ["alias"] } } },
    });
  });

  test("the creation of an image is no event before 1.46", async () => {
    const events = async (version: string) =>
      await (await server.fetch(`/${version}/events?since=1&until=2`)).text();
    expect(await events("v1.46")).toContain('"create"');
    expect(await events("v1.45")).not.toContain('"create"');
  });

  test("a prune before 1.42 takes named volumes too", async () => {
    expect(await (await post("/v1.41/volumes/prune")).json()).toMatchObject({ VolumesDeleted: ["true"] });
    expect(await (await post("/volumes/prune")).json()).toMatchObject({ VolumesDeleted: null });
  });
});
