import { expect, test } from "bun:test";
import { Connection } from "../support/connection.ts";
import { until } from "../support/engine.ts";
import { must, uniqueName, withEngine } from "../support/suite.ts";

const fixture = withEngine();

const json = (method: string, body: unknown) => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const get = async (path: string) => (await fixture.engine.fetch(path)).json() as Promise<never>;
const post = (path: string, body?: unknown) =>
  fixture.engine.fetch(path, body === undefined ? { method: "POST" } : json("POST", body));
const remove = (path: string) => fixture.engine.fetch(path, { method: "DELETE" });

async function create(body: object, name = uniqueName()): Promise<string> {
  const response = await post(`/containers/create?name=${name}`, { Image: "busybox", ...body });
  expect(response.status).toBe(201);
  return ((await response.json()) as { Id: string }).Id;
}

test("_ping answers GET and HEAD with the headers that clients negotiate by", async () => {
  for (const method of ["GET", "HEAD"]) {
    const response = await fixture.engine.fetch("/_ping", { method });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(method === "GET" ? "OK" : "");
    expect(response.headers.get("api-version")).toBe("1.51");
    expect(response.headers.get("ostype")).toBe("linux");
    expect(response.headers.get("docker-experimental")).toBe("false");
    expect(response.headers.get("swarm")).toBe("inactive");
    expect(response.headers.get("cache-control")).toBe("no-cache, no-store, must-revalidate");
    expect(response.headers.get("pragma")).toBe("no-cache");
  }
});

test("every version from 1.24 to 1.51 is served, others are refused", async () => {
  for (const version of ["1.24", "1.30", "1.41", "1.44", "1.47", "1.51"]) {
    const response = await fixture.engine.fetch(`/v${version}/version`);
    expect(response.status).toBe(200);
    expect(((await response.json()) as { ApiVersion: string }).ApiVersion).toBe("1.51");
  }
  const old = await fixture.engine.fetch("/v1.23/version");
  expect(old.status).toBe(400);
  expect(((await old.json()) as { message: string }).message).toContain(
    "client version 1.23 is too old. Minimum supported API version is 1.24",
  );
  const young = await fixture.engine.fetch("/v1.99/version");
  expect(young.status).toBe(400);
  expect(((await young.json()) as { message: string }).message).toContain(
    "client version 1.99 is too new. Maximum supported API version is 1.51",
  );
});

test("unknown paths and methods are errors in JSON", async () => {
  const unknown = await fixture.engine.fetch("/v1.51/nonsense");
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toEqual({ message: "page not found" });
  expect(
    (await fixture.engine.fetch("/containers/json", { method: "DELETE" })).status,
  ).toBeGreaterThanOrEqual(404);
});

test("features that are off answer as docker's do", async () => {
  const swarm = await fixture.engine.fetch("/swarm");
  expect(swarm.status).toBe(503);
  expect(((await swarm.json()) as { message: string }).message).toContain("This node is not a swarm manager");
  for (const path of ["/nodes", "/services", "/tasks", "/secrets", "/configs"]) {
    expect((await fixture.engine.fetch(path)).status).toBe(503);
  }
  expect(await get("/plugins")).toEqual([] as never);
});

test("lists are [], maps {}, never null", async () => {
  for (const path of ["/containers/json", "/containers/json?all=1"])
    expect(await get(path)).toEqual([] as never);
  const volumes = (await get("/volumes")) as { Volumes: unknown; Warnings: unknown };
  expect(volumes.Volumes).toEqual([]);
  const id = await create({});
  const [summary] = (await get("/containers/json?all=1")) as Record<string, unknown>[];
  expect(summary).toMatchObject({
    Id: id,
    Names: [expect.stringMatching(/^\//)],
    Ports: [],
    Mounts: [],
    State: "created",
  });
  expect(summary?.Labels).toBeObject();
  expect(summary?.NetworkSettings).toMatchObject({ Networks: { bridge: {} } });
  const it = (await get(`/containers/${id}/json`)) as {
    Mounts: unknown;
    NetworkSettings: { Ports: unknown };
  };
  expect(it.Mounts).toEqual([]);
  expect(it.NetworkSettings.Ports).toEqual({});
  const df = (await get("/system/df")) as Record<string, unknown>;
  for (const key of ["Images", "Containers", "Volumes", "BuildCache"]) expect(df[key]).toBeArray();
  await remove(`/containers/${id}`);
});

test("empty bodies, null arrays, unknown fields and a missing Content-Type are accepted", async () => {
  const id = await create({
    Cmd: null,
    Entrypoint: null,
    Env: null,
    Volumes: null,
    ExposedPorts: null,
    Labels: null,
    OnBuild: null,
    NoSuchField: { deep: [1] },
    HostConfig: {
      Binds: null,
      PortBindings: null,
      CapAdd: null,
      Devices: null,
      NoSuchOption: true,
      LogConfig: {},
    },
    NetworkingConfig: null,
  });
  expect((await post(`/containers/${id}/start`)).status).toBe(204);
  expect((await post(`/containers/${id}/stop?t=0`, "")).status).toBeOneOf([204, 304]);
  expect((await post(`/containers/${id}/start`, {})).status).toBe(204);
  expect((await post(`/containers/${id}/kill`, "{}")).status).toBeOneOf([204, 409]);
  await remove(`/containers/${id}?force=1`);
});

test("one's own inspect output is a create request", async () => {
  const original = await create({
    Cmd: ["sleep", "1000"],
    Env: ["A=1"],
    Labels: { k: "v" },
    ExposedPorts: { "80/tcp": {} },
    HostConfig: {
      Memory: 64 * 1024 * 1024,
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
    },
  });
  await post(`/containers/${original}/start`);
  const it = (await get(`/containers/${original}/json`)) as {
    Config: object;
    HostConfig: object;
    NetworkSettings: { Networks: object };
  };
  const copy = await create({
    ...it.Config,
    HostConfig: it.HostConfig,
    NetworkingConfig: { EndpointsConfig: it.NetworkSettings.Networks },
  });
  expect((await post(`/containers/${copy}/start`)).status).toBe(204);
  const second = (await get(`/containers/${copy}/json`)) as typeof it;
  expect({ ...second.Config, Hostname: "" }).toEqual({ ...it.Config, Hostname: "" });
  expect(second.HostConfig).toEqual(it.HostConfig);
  await Promise.all([original, copy].map((id) => remove(`/containers/${id}?force=1`)));
});

test("names may come with a leading slash; ids may be cut short", async () => {
  const name = uniqueName();
  const id = await create({}, `/${name}`);
  for (const ref of [name, `%2F${name}`, id, id.slice(0, 12)]) {
    expect(((await get(`/containers/${ref}/json`)) as { Id: string }).Id).toBe(id);
  }
  await remove(`/containers/${name}`);
});

test("statuses and messages are docker's", async () => {
  const name = uniqueName();
  const id = await create({ Cmd: ["sleep", "1000"] }, name);
  const expectations: [Promise<Response>, number, string][] = [
    [
      post(`/containers/create?name=${name}`, { Image: "busybox" }),
      409,
      `The container name "/${name}" is already in use by container "${id}"`,
    ],
    [post("/containers/create", { Image: "nonesuch:1" }), 404, "No such image: nonesuch:1"],
    [post("/containers/create?name=-bad", { Image: "busybox" }), 400, "Invalid container name (-bad)"],
    [post("/containers/create", "{ not json"), 400, ""],
    [
      post("/containers/create", { Image: "busybox", HostConfig: { Memory: 1 } }),
      400,
      "Minimum memory limit",
    ],
    [post("/containers/nonesuch/start"), 404, "No such container: nonesuch"],
    [post(`/containers/${id}/kill`), 409, "is not running"],
    [post(`/containers/${id}/pause`), 409, "is not running"],
    [fixture.engine.fetch(`/containers/${id}/top`), 409, "is not running"],
    [post(`/containers/${id}/rename`), 400, ""],
    [fixture.engine.fetch("/containers/json?filters=nonsense"), 400, ""],
    [fixture.engine.fetch('/containers/json?filters={"nonsense":["1"]}'), 400, "invalid filter"],
    [fixture.engine.fetch(`/containers/${id}/logs`), 400, "you must choose at least one stream"],
    [fixture.engine.fetch("/images/nonesuch/json"), 404, "No such image: nonesuch:latest"],
    [fixture.engine.fetch("/volumes/nonesuch"), 404, "nonesuch"],
    [fixture.engine.fetch("/networks/nonesuch"), 404, "network nonesuch not found"],
    [fixture.engine.fetch("/exec/nonesuch/json"), 404, "No such exec instance: nonesuch"],
  ];
  for (const [pending, status, words] of expectations) {
    const response = await pending;
    const { message } = (await response.json()) as { message: string };
    expect([response.status, message]).toEqual([status, expect.stringContaining(words)]);
    expect(response.headers.get("content-type")).toBe("application/json");
  }
  expect((await post(`/containers/${id}/stop`)).status).toBe(304);
  expect((await post(`/containers/${id}/start`)).status).toBe(204);
  expect((await post(`/containers/${id}/start`)).status).toBe(304);
  expect((await remove(`/containers/${id}`)).status).toBe(409);
  expect((await post(`/containers/${id}/restart?t=0`)).status).toBe(204);
  expect((await remove(`/containers/${id}?force=true`)).status).toBe(204);
  expect((await remove(`/containers/${id}`)).status).toBe(404);
});

test("bodies that stream have their headers before the first byte", async () => {
  const id = await create({ Cmd: ["sleep", "1000"] });
  await post(`/containers/${id}/start`);
  for (const [method, path, type] of [
    ["GET", `/containers/${id}/logs?follow=1&stdout=1`, "application/vnd.docker.multiplexed-stream"],
    ["GET", `/v1.41/containers/${id}/logs?follow=1&stdout=1`, ""],
    ["GET", "/events", "application/json"],
    ["POST", `/containers/${id}/wait`, "application/json"],
    ["GET", `/containers/${id}/stats`, "application/json"],
  ] as const) {
    using connection = new Connection(fixture.engine.socket);
    connection.request(method, path);
    const head = await connection.head();
    expect([path, head.status]).toEqual([path, 200]);
    if (type !== "") expect(head.headers.get("content-type")).toStartWith(type);
    expect(head.headers.has("content-length")).toBe(false);
  }
  await remove(`/containers/${id}?force=1`);
});

test("a client that goes away in the middle of a stream costs the engine nothing", async () => {
  const id = await create({
    Cmd: ["sh", "-c", "while :; do echo line; done"],
    HostConfig: { LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "1" } } },
  });
  await post(`/containers/${id}/start`);
  for (let round = 0; round < 20; round++) {
    using connection = new Connection(fixture.engine.socket);
    connection.request("GET", `/containers/${id}/logs?follow=1&stdout=1`);
    await connection.head();
    await connection.take(100);
  }
  await post(`/containers/${id}/kill`);
  const open = async () => (await Bun.$`ls /proc/${fixture.engine.pid}/fd`.text()).split("\n").length;
  await remove(`/containers/${id}?force=1`);
  await until("the connections are closed", async () => (await open()) < 80);
  expect(await (await fixture.engine.fetch("/_ping")).text()).toBe("OK");
});

test("shapes follow the version that was asked for", async () => {
  const [image] = (await get("/v1.51/images/json")) as Record<string, unknown>[];
  expect(image).not.toHaveProperty("VirtualSize");
  const [older] = (await get("/v1.43/images/json")) as Record<string, unknown>[];
  expect(older?.VirtualSize).toBe(older?.Size as never);
  const id = await create({ Cmd: ["true"] });
  const it = (await get(`/v1.43/containers/${id}/json`)) as { NetworkSettings: Record<string, unknown> };
  expect(it.NetworkSettings).toHaveProperty("Networks");
  await remove(`/containers/${id}`);
  must(await fixture.engine.slipway(["ps"]));
});
