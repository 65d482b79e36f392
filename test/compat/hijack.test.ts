import { expect, test } from "bun:test";
import { Connection, unframe } from "../support/connection.ts";
import { uniqueName, withEngine } from "../support/suite.ts";

const fixture = withEngine();
const upgrade = { Connection: "Upgrade", Upgrade: "tcp" };

async function create(body: object): Promise<string> {
  const response = await fixture.engine.fetch(`/containers/create?name=${uniqueName()}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ Image: "busybox", OpenStdin: true, StdinOnce: true, ...body }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { Id: string }).Id;
}
const start = async (id: string) =>
  expect((await fixture.engine.fetch(`/containers/${id}/start`, { method: "POST" })).status).toBe(204);
const remove = (id: string) => fixture.engine.fetch(`/containers/${id}?force=1`, { method: "DELETE" });
const query = "stream=1&stdin=1&stdout=1&stderr=1";

async function streamsBothWays(headers: Record<string, string>, status: number): Promise<void> {
  const id = await create({ Cmd: ["sh", "-c", "cat; echo err >&2"] });
  using connection = new Connection(fixture.engine.socket);
  connection.request("POST", `/containers/${id}/attach?${query}`, headers);
  const head = await connection.head();
  expect(head.status).toBe(status);
  expect(head.headers.get("content-type")).toBe(
    `application/vnd.docker.${status === 101 ? "multiplexed" : "raw"}-stream`,
  );
  expect(head.headers.has("content-length")).toBe(false);
  expect(head.headers.has("transfer-encoding")).toBe(false);
  if (status === 101) expect(head.headers.get("upgrade")).toBe("tcp");
  await start(id);
  connection.send("ping\n");
  expect(await connection.frame()).toEqual({ stream: 1, text: "ping\n" });
  connection.end();
  expect(unframe(await connection.rest()).stderr).toBe("err\n");
  await remove(id);
}

test("attach answers 101 to a client that asks to upgrade, and streams both ways", () =>
  streamsBothWays(upgrade, 101));

test("attach answers 200 to one that does not, and streams both ways", () => streamsBothWays({}, 200));

test("attach answers 200 to one that does not, and output streams", async () => {
  const id = await create({ Cmd: ["sh", "-c", "echo out; echo err >&2"] });
  using connection = new Connection(fixture.engine.socket);
  connection.request("POST", `/containers/${id}/attach?stream=1&stdout=1&stderr=1`, {});
  const head = await connection.head();
  expect(head.status).toBe(200);
  expect(head.headers.get("content-type")).toBe("application/vnd.docker.raw-stream");
  expect(head.headers.has("content-length")).toBe(false);
  await start(id);
  expect(unframe(await connection.rest())).toMatchObject({ stdout: "out\n", stderr: "err\n" });
  await remove(id);
});

test("input that was sent with the request is not lost", async () => {
  const id = await create({ Cmd: ["cat"] });
  using connection = new Connection(fixture.engine.socket);
  connection.send(
    `POST /containers/${id}/attach?${query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly\n`,
  );
  expect((await connection.head()).status).toBe(101);
  await start(id);
  expect(await connection.frame()).toEqual({ stream: 1, text: "early\n" });
  connection.end();
  expect((await connection.rest()).length).toBe(0);
  await remove(id);
});

test("with a TTY the stream is raw", async () => {
  const id = await create({ Cmd: ["echo", "raw"], Tty: true });
  using connection = new Connection(fixture.engine.socket);
  connection.request("POST", `/containers/${id}/attach?${query}`, upgrade);
  const head = await connection.head();
  expect(head.headers.get("content-type")).toBe("application/vnd.docker.raw-stream");
  await start(id);
  expect((await connection.rest()).toString()).toBe("raw\r\n");
  await remove(id);
});

test("without an upgrade, a TTY gets what was sent with the request and what comes later", async () => {
  const id = await create({ Cmd: ["sh", "-c", "stty -echo; read a; read b; echo $a $b"], Tty: true });
  using connection = new Connection(fixture.engine.socket);
  connection.send(`POST /containers/${id}/attach?${query} HTTP/1.1\r\nHost: x\r\n\r\nearly\n`);
  expect((await connection.head()).status).toBe(200);
  await start(id);
  connection.send("late\n");
  expect(await connection.until("early late\r\n")).toEndWith("early late\r\n");
  connection.end();
  await remove(id);
});

test("exec start without an upgrade, on a connection that carried other requests", async () => {
  const id = await create({ Cmd: ["sleep", "1000"] });
  await start(id);
  using connection = new Connection(fixture.engine.socket);
  const body = { Cmd: ["cat"], AttachStdin: true, AttachStdout: true };
  connection.request("POST", `/containers/${id}/exec`, {}, body);
  const created = await connection.head();
  const reply = await connection.take(Number(created.headers.get("content-length")));
  const { Id } = JSON.parse(reply.toString()) as { Id: string };
  connection.request("POST", `/exec/${Id}/start`, {}, '{"Detach":false}');
  connection.send("GET /_ping HTTP/1.1\r\n\r\n");
  expect((await connection.head()).status).toBe(200);
  connection.end();
  expect(unframe(await connection.rest()).stdout).toBe("GET /_ping HTTP/1.1\r\n\r\n");
  await remove(id);
});

async function execStreams(headers: Record<string, string>, status: number): Promise<void> {
  const id = await create({ Cmd: ["sleep", "1000"] });
  await start(id);
  const response = await fixture.engine.fetch(`/containers/${id}/exec`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      Cmd: ["sh", "-c", "cat; exit 5"],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    }),
  });
  const { Id } = (await response.json()) as { Id: string };
  using connection = new Connection(fixture.engine.socket);
  connection.request("POST", `/exec/${Id}/start`, headers, { Detach: false, Tty: false });
  const head = await connection.head();
  expect(head.status).toBe(status);
  expect(head.headers.has("content-length")).toBe(false);
  connection.send("through\n");
  connection.end();
  expect(unframe(await connection.rest()).stdout).toBe("through\n");
  const inspected = (await (await fixture.engine.fetch(`/exec/${Id}/json`)).json()) as { ExitCode: number };
  expect(inspected.ExitCode).toBe(5);
  await remove(id);
}

test("exec start with an upgrade streams both ways", () => execStreams(upgrade, 101));

test("exec start without an upgrade streams both ways", () => execStreams({}, 200));

test("an attach that cannot be is an ordinary error", async () => {
  using connection = new Connection(fixture.engine.socket);
  connection.request("POST", `/containers/nonesuch/attach?${query}`, upgrade);
  const head = await connection.head();
  expect(head.status).toBe(404);
  expect(await connection.until("}")).toContain("No such container: nonesuch");
});

test("attach/ws is a WebSocket of bare bytes", async () => {
  const id = await create({ Cmd: ["sh", "-c", "read l; echo got $l"] });
  using connection = new Connection(fixture.engine.socket);
  connection.request("GET", `/containers/${id}/attach/ws?${query}`, {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  });
  const head = await connection.head();
  expect(head.status).toBe(101);
  expect(head.headers.get("sec-websocket-accept")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  await start(id);
  const text = Buffer.from("word\n");
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = text.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  connection.send(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, masked]));
  let received = "";
  while (received !== "got word\n") {
    const header = await connection.take(2);
    expect([0x81, 0x82, 0x01, 0x02, 0x00, 0x80]).toContain(header[0] ?? -1);
    received += (await connection.take((header[1] ?? 0) & 0x7f)).toString();
  }
  await remove(id);
});

test("the next request on a connection is answered too, after streams and after errors", async () => {
  using connection = new Connection(fixture.engine.socket);
  for (const path of ["/_ping", "/containers/nonesuch/json", "/_ping"]) {
    connection.request("GET", path);
    const head = await connection.head();
    await connection.take(Number(head.headers.get("content-length")));
    expect(head.status).toBe(path === "/_ping" ? 200 : 404);
  }
});
