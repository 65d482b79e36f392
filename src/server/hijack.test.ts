import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually, startTestServer, type TestServer } from "./testing/server.ts";

const upgrade = "Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n";
const frame = (text: string) => `\x01\0\0\0\0\0\0${String.fromCharCode(text.length)}${text}`;

describe("hijack", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.backend.containers.create({ Image: "app" }, { name: "plain" });
    await server.backend.containers.create({ Image: "app", Tty: true }, { name: "tty" });
    await server.backend.execs.create("plain", { Cmd: ["cat"] });
    await server.backend.execs.create("plain", { Cmd: ["missing"] });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test("an upgraded attach is answered 101, echoes, and survives the half-close of its input", async () => {
    const client = server.open();
    client.send(`POST /v1.51/containers/plain/attach?stdin=1&stdout=1&stream=1 HTTP/1.1\r\n${upgrade}\r\n`);
    const head = await client.until("\r\n\r\n");
    expect(head).toStartWith("HTTP/1.1 101 UPGRADED\r\n");
    expect(head).toContain("Content-Type: application/vnd.docker.multiplexed-stream\r\n");
    expect(head).toContain("Connection: Upgrade\r\nUpgrade: tcp\r\n");
    expect(head).not.toContain("Content-Length");
    await client.until(frame("hello\n"));
    client.send("typed");
    await client.until(frame("typed"));
    client.halfClose();
    expect(await client.rest()).toBe(frame("end\n"));
  });

  test("input right behind the headers is not lost", async () => {
    const client = server.open();
    client.send(`POST /containers/tty/attach?stdin=1&stdout=1&stream=1 HTTP/1.1\r\n${upgrade}\r\nearly`);
    const head = await client.until("\r\n\r\n");
    expect(head).toContain("application/vnd.docker.raw-stream");
    client.halfClose();
    expect(await client.rest()).toBe("hello\nearlyend\n");
  });

  test("before 1.42 a framed stream is called raw", async () => {
    const client = server.open();
    client.send(`POST /v1.41/containers/plain/attach?stdout=1&stream=1 HTTP/1.1\r\n${upgrade}\r\n`);
    expect(await client.until("\r\n\r\n")).toContain("application/vnd.docker.raw-stream");
    expect(await client.rest()).toBe(frame("hello\n") + frame("end\n"));
  });

  test("without Upgrade the answer is 200, raw, without a length, and a body in chunks is the input", async () => {
    const client = server.open();
    client.send(
      "POST /containers/plain/attach?stdin=1&stdout=1&stream=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ninput\r\n0\r\n\r\n",
    );
    const head = await client.until("\r\n\r\n");
    expect(head).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(head).toContain("application/vnd.docker.raw-stream");
    expect(head.toLowerCase()).not.toMatch(/content-length|transfer-encoding|upgrade/);
    expect(await client.rest()).toBe(frame("hello\n") + frame("input") + frame("end\n"));
  });

  test("an exec's JSON body is read and the bytes behind it are its input", async () => {
    const client = server.open();
    const body = '{"Detach":false,"Tty":false}';
    client.send(
      `POST /v1.51/exec/exec1/start HTTP/1.1\r\n${upgrade}Content-Length: ${body.length}\r\n\r\n${body}typed`,
    );
    expect(await client.until("\r\n\r\n")).toStartWith("HTTP/1.1 101 UPGRADED\r\n");
    client.halfClose();
    expect(await client.rest()).toBe(frame("hello\n") + frame("typed") + frame("end\n"));
    expect(server.backend.execs.last).toEqual({ Detach: false, Tty: false });
  });

  test("an exec that cannot start says why in its output", async () => {
    const client = server.open();
    client.send(`POST /exec/exec2/start HTTP/1.1\r\n${upgrade}Content-Length: 2\r\n\r\n{}`);
    await client.until("\r\n\r\n");
    expect(await client.rest()).toBe(frame("exec failed: missing\r\n"));
  });

  test("a refusal to upgrade is an ordinary error and the last answer of its connection", async () => {
    const client = server.open();
    client.send(`POST /containers/none/attach HTTP/1.1\r\n${upgrade}\r\n`);
    const head = await client.until("\r\n\r\n");
    expect(head).toStartWith("HTTP/1.1 404 Not Found\r\n");
    expect(head).toContain("Connection: close\r\n");
    expect(await client.rest()).toContain('{"message":"No such container: none"}');
  });

  test("a client that offers another protocol on an ordinary request gets its ordinary answer", async () => {
    const client = server.open();
    client.send("GET /version HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n");
    expect(await client.until("\r\n\r\n")).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(await client.rest()).toContain('"ApiVersion":"1.51"');
  });

  test("a client that is gone aborts the signal", async () => {
    const client = server.open();
    client.send(`POST /containers/tty/attach?stdin=1&stream=1 HTTP/1.1\r\n${upgrade}\r\n`);
    await client.until("hello\n");
    const signal = server.backend.containers.lastSignal;
    client.destroy();
    await eventually(() => signal?.aborted === true, "the signal's abort");
  });

  test("two megabytes of input come back whole", async () => {
    const client = server.open();
    client.send(`POST /containers/tty/attach?stdin=1&stdout=1&stream=1 HTTP/1.1\r\n${upgrade}\r\n`);
    await client.until("hello\n");
    client.send(Buffer.alloc(2 << 20, "x"));
    client.halfClose();
    expect((await client.rest()).length).toBe((2 << 20) + "end\n".length);
  });
});
