import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually, startTestServer, type TestServer } from "./testing/server.ts";

const frame = (text: string) => `\x01\0\0\0\0\0\0${String.fromCharCode(text.length)}${text}`;
const attach = (name: string, headers = "") =>
  `POST /v1.51/containers/${name}/attach?stdin=1&stdout=1&stream=1 HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const execBody = '{"Detach":false,"Tty":false}';
const exec = (id: string, body = execBody, headers = `Content-Length: ${body.length}\r\n`) =>
  `POST /exec/${id}/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;

let server: TestServer;
let execs = 0;
async function newExec(): Promise<string> {
  execs += 1;
  await server.backend.execs.create("plain", { Cmd: ["cat"] });
  return `exec${execs}`;
}
/** Long enough for what was written to be read: the server runs on this thread. */
async function read(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

const port = freePort();
beforeAll(async () => {
  server = await startTestServer(`tcp://127.0.0.1:${port}`);
  await server.backend.containers.create({ Image: "app" }, { name: "plain" });
  await server.backend.containers.create({ Image: "app", Tty: true }, { name: "tty" });
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each(["unix", "tcp"])("without Upgrade, over %s", (kind) => {
  const open = () => server.open(kind === "unix" ? undefined : { host: "127.0.0.1", port });

  async function echoes(parts: string[], expected: string): Promise<string> {
    const client = open();
    for (const part of parts) {
      client.send(part);
      await read();
    }
    const head = await client.until("\r\n\r\n");
    client.halfClose();
    expect(await client.rest()).toBe(expected);
    return head;
  }

  test("attach is answered 200, raw, without a length, and what comes on the connection is the input", async () => {
    const head = await echoes([attach("plain"), "typed"], frame("hello\n") + frame("typed") + frame("end\n"));
    expect(head).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(head).toContain("application/vnd.docker.raw-stream");
    expect(head.toLowerCase()).not.toMatch(/content-length|transfer-encoding|upgrade/);
  });

  test("a terminal is raw both ways", () => echoes([attach("tty"), "a", "b"], "hello\nabend\n"));

  test("input in one packet with the head", () => echoes([`${attach("tty")}early`], "hello\nearlyend\n"));

  test("input that looks like requests is input", () => {
    const input = "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n";
    return echoes([attach("tty") + input, input], `hello\n${input}${input}end\n`);
  });

  test("a length of zero is no body", () =>
    echoes([`${attach("tty", "Content-Length: 0\r\n")}early`, "late"], "hello\nearlylateend\n"));

  test("a body with a length is no input, what follows it is", () =>
    echoes([`${attach("tty", "Content-Length: 14\r\n")}{"stdin`, '":true}', "typed"], "hello\ntypedend\n"));

  test("a body in chunks is the input", () =>
    echoes(
      [attach("tty", "Transfer-Encoding: chunked\r\n"), "5\r\ninput\r\n", "0\r\n\r\n"],
      "hello\ninputend\n",
    ));

  test("exec start in packets that end anywhere", async () => {
    const whole = `${exec("exec1")}typed`;
    for (let at = 1; at < whole.length; at += 5) {
      const sent = whole.replace("exec1", await newExec());
      const client = open();
      client.send(sent.slice(0, at));
      await read();
      client.send(sent.slice(at));
      expect(await client.until("\r\n\r\n")).toStartWith("HTTP/1.1 200 OK\r\n");
      client.halfClose();
      // Input in two packets comes back in two frames.
      const frames = (await client.rest()).split("\x01\0\0\0\0\0\0");
      expect(frames.map((sized) => sized.slice(1)).join("")).toBe("hello\ntypedend\n");
    }
  });

  test("exec start with a body in chunks, and without a body", async () => {
    const chunked = `${execBody.length.toString(16)}\r\n${execBody}\r\n0\r\n\r\n`;
    const expected = frame("hello\n") + frame("typed") + frame("end\n");
    const withChunks = exec(await newExec(), chunked, "Transfer-Encoding: chunked\r\n");
    await echoes([`${withChunks}typed`], expected);
    await echoes([`${exec(await newExec(), "")}typed`], expected);
  });

  test("as a later request of a kept connection", async () => {
    const client = open();
    for (let round = 0; round < 2; round += 1) {
      client.send("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n");
      expect(await client.until("\r\n\r\nOK")).toContain("Connection: keep-alive");
    }
    client.send(exec(await newExec()));
    await client.until(frame("hello\n"));
    client.send("typed");
    await client.until(frame("typed"));
    client.halfClose();
    expect(await client.rest()).toBe(frame("end\n"));
  });

  test("a detached exec and a refusal are ordinary answers, the last of their connection", async () => {
    for (const [request, status] of [
      [exec(await newExec(), '{"Detach":true}'), "200 OK"],
      [attach("none"), "404 Not Found"],
    ]) {
      const client = open();
      client.send(request ?? "");
      const head = await client.until("\r\n\r\n");
      expect(head).toStartWith(`HTTP/1.1 ${status}\r\n`);
      expect(head).toContain("Connection: close\r\n");
      await client.rest();
    }
  });

  test("a client that is gone aborts the signal", async () => {
    const client = open();
    client.send(attach("tty"));
    await client.until("hello\n");
    const signal = server.backend.containers.lastSignal;
    client.destroy();
    await eventually(() => signal?.aborted === true, "the signal's abort");
  });

  test("two megabytes of input come back whole", async () => {
    const client = open();
    client.send(attach("tty"));
    await client.until("hello\n");
    client.send(Buffer.alloc(2 << 20, "x"));
    client.halfClose();
    expect((await client.rest()).length).toBe((2 << 20) + "end\n".length);
  });
});

test("a client that holds its body back until it is told to continue is told", async () => {
  const client = server.open();
  client.send(exec(await newExec(), "", `Content-Length: ${execBody.length}\r\nExpect: 100-continue\r\n`));
  expect(await client.until("\r\n\r\n")).toStartWith("HTTP/1.1 100 Continue\r\n");
  client.send(execBody);
  expect(await client.until("\r\n\r\n")).toStartWith("HTTP/1.1 200 OK\r\n");
  client.destroy();
});

test("as in Docker an Upgrade header alone makes it an upgrade", async () => {
  const client = server.open();
  client.send(attach("plain", "Upgrade: tcp\r\n"));
  expect(await client.until("\r\n\r\n")).toStartWith("HTTP/1.1 101 UPGRADED\r\n");
  client.destroy();
});

test("behind a request without an answer it is refused, and other requests are answered in turn", async () => {
  const top = Promise.withResolvers<void>();
  const { containers } = server.backend;
  const original = containers.top;
  containers.top = async () => {
    await top.promise;
    return original();
  };
  const client = server.open();
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  client.send(get("/containers/plain/top") + get("/_ping") + attach("plain"));
  await read();
  top.resolve();
  await client.until('"Titles"');
  await client.until("\r\n\r\nOK");
  expect(await client.until("another connection")).toStartWith("HTTP/1.1 400 Bad Request\r\n");
  containers.top = original;
  client.destroy();
});

function freePort(): number {
  using probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return probe.port;
}
