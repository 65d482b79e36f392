import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../index.ts";
import { TestBackend } from "../testing/backend.ts";
import { parseListenHost } from "./host.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-listen-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const start = (...hosts: string[]) => startServer({ backend: new TestBackend(), hosts, log: () => {} });
const socketPath = () => join(directory, "api.sock");

describe("a socket file", () => {
  test("is for root and one group only, and goes with the server", async () => {
    const server = await start(`unix://${socketPath()}`);
    expect(statSync(socketPath()).mode & 0o777).toBe(0o660);
    await server.close();
    expect(existsSync(socketPath())).toBe(false);
  });

  test("of a dead engine is replaced", async () => {
    const dead = Bun.spawn(
      ["bun", "-e", `Bun.listen({unix:${JSON.stringify(socketPath())},socket:{data(){}}});console.log(1)`],
      {
        env: {
          ...process.env,
          PATH: `${join(import.meta.dir, "../../../node_modules/.bin")}:${process.env.PATH}`,
        },
        stdout: "pipe",
      },
    );
    await dead.stdout.getReader().read();
    dead.kill("SIGKILL");
    await dead.exited;
    expect(existsSync(socketPath())).toBe(true);
    await (await start(`unix://${socketPath()}`)).close();
  });

  test("of a living engine is a conflict that names it", async () => {
    const server = await start(`unix://${socketPath()}`);
    expect(start(`unix://${socketPath()}`)).rejects.toThrow(
      `cannot listen on ${socketPath()}: another engine`,
    );
    expect((await fetch("http://x/_ping", { unix: socketPath() })).status).toBe(200);
    await server.close();
  });

  test("never replaces another kind of file", async () => {
    writeFileSync(socketPath(), "precious");
    expect(start(`unix://${socketPath()}`)).rejects.toThrow("not a socket");
  });
});

describe("tcp", () => {
  test("is refused beyond this host", async () => {
    expect(start("tcp://0.0.0.0:0")).rejects.toThrow("without TLS");
  });

  test("a port in use is named, and no other host stays", async () => {
    using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const host = `tcp://127.0.0.1:${taken.port}`;
    expect(start(`unix://${socketPath()}`, host)).rejects.toThrow(
      `cannot listen on ${host}: the port is in use`,
    );
    expect(existsSync(socketPath())).toBe(false);
  });
});

test("without systemd fd:// says what to do", async () => {
  expect(start("fd://")).rejects.toThrow("systemd handed over no socket");
});

test.each(["tcp://127.0.0.1", "http://x", "unix://relative", ""])("%p is no host", (host) => {
  expect(() => parseListenHost(host)).toThrow("invalid host");
});
