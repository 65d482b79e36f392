/* Commands that docker does not have: what they ask the engine for, what they show, how they end. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkDoctorReport, PortsUpdateResponse } from "../api/index.ts";
import { shop } from "./formatter/network-graph/testing/graphs.ts";

const directory = mkdtempSync(join(tmpdir(), "cli-network-commands-"));
const host = `unix://${join(directory, "engine.sock")}`;
let received: unknown;
/** What another engine answers when it is asked for the graph. */
let docker: Response | undefined;
let server: ReturnType<typeof Bun.serve>;

const report = (Ok: boolean): NetworkDoctorReport => ({
  ...{ Container: "web", Target: "db", Ok },
  Hops: [{ Hop: "port", Status: Ok ? "ok" : "failed", Detail: "5432" }],
});
const ports: PortsUpdateResponse = {
  Ports: {
    "80/tcp": [{ HostIp: "::", HostPort: "8080" }],
    "81/tcp": [{ HostIp: "::", HostPort: "1" }],
    "9/udp": null,
  },
};

beforeAll(() => {
  server = Bun.serve({
    unix: join(directory, "engine.sock"),
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const text = await request.text();
      received = text === "" ? undefined : JSON.parse(text);
      if (pathname === "/networks/graph") return docker ?? Response.json(shop);
      if (pathname === "/networks/doctor")
        return Response.json(report((received as { Target: string }).Target !== "no"));
      if (pathname.endsWith("/ports")) return Response.json(ports);
      if (pathname.endsWith("/update")) return Response.json({ Warnings: null });
      return Response.json({ message: `no ${pathname}` }, { status: 404 });
    },
  });
});

afterAll(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true });
});

async function slipway(...args: string[]) {
  received = undefined;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "..", "main.ts"), "-H", host, ...args], {
    env: { ...process.env, DOCKER_CONFIG: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, status] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { status, stdout, stderr };
}

describe("ports of a container", () => {
  test("are added, and only what was added is shown", async () => {
    const result = await slipway("port", "add", "web", "8080:80", "127.0.0.1:5353:53/udp");
    expect(result).toEqual({ status: 0, stdout: "80/tcp -> [::]:8080\n", stderr: "" });
    expect(received).toEqual({
      Add: {
        "80/tcp": [{ HostIp: "", HostPort: "8080" }],
        "53/udp": [{ HostIp: "127.0.0.1", HostPort: "5353" }],
      },
    });
  });

  test("are taken back", async () => {
    const result = await slipway("container", "port", "rm", "web", "8080:80", "53/udp");
    expect(result).toEqual({ status: 0, stdout: "8080:80\n53/udp\n", stderr: "" });
    expect(received).toEqual({ Remove: { "80/tcp": [{ HostPort: "8080" }], "53/udp": null } });
  });

  test("change beside other limits", async () => {
    const args = [
      "--publish-add",
      "8080:80",
      "--publish-add",
      "81",
      "--publish-rm",
      "9/udp",
      "-m",
      "1g",
      "web",
    ];
    expect(await slipway("update", ...args)).toEqual({ status: 0, stdout: "web\n", stderr: "" });
    expect(received).toMatchObject({
      Memory: 1 << 30,
      PublishAdd: { "80/tcp": [{ HostIp: "", HostPort: "8080" }], "81/tcp": [{ HostIp: "", HostPort: "" }] },
      PublishRemove: { "9/udp": null },
    });
  });

  test("that are none are refused before the engine is asked", async () => {
    const result = await slipway("port", "add", "web", "8080:80", "x:80");
    expect(result).toEqual({ status: 1, stdout: "", stderr: "invalid hostPort: x\n" });
    expect(received).toBeUndefined();
  });

  test("a container alone is too little", async () => {
    const { status, stderr } = await slipway("port", "add", "web");
    expect(status).toBe(1);
    expect(stderr).toStartWith("slipway: 'slipway port add' requires at least 2 arguments\n");
  });
});

describe("doctor", () => {
  test("asks for the protocol and ends well when the target is reached", async () => {
    const { status, stdout } = await slipway("network", "doctor", "--udp", "web", "db:53");
    expect({ status, received }).toEqual({
      status: 0,
      received: { Container: "web", Target: "db:53", Protocol: "udp" },
    });
    expect(stdout).toEndWith("web reaches db.\n");
  });

  test("ends with 1 when it is not, also in JSON", async () => {
    expect((await slipway("network", "doctor", "web", "no")).status).toBe(1);
    const { status, stdout } = await slipway("network", "doctor", "--format", "json", "web", "no");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual(report(false));
  });

  test("knows its formats", async () => {
    const result = await slipway("network", "doctor", "--format", "yaml", "web", "db");
    expect(result).toEqual({ status: 1, stdout: "", stderr: 'unknown format "yaml": choose text or json\n' });
  });
});

describe("graph", () => {
  test.each([
    [[], "┌─ bridge ─"],
    [["--format", "svg"], "<svg xmlns="],
    [["--format=dot"], "digraph networks {"],
    [["--format=json"], '{\n    "Networks"'],
    [["front"], "┌─ front ─"],
  ])("%j", async (args, start) => {
    const { status, stdout } = await slipway("network", "graph", ...args);
    expect(status).toBe(0);
    expect(stdout).toStartWith(start);
  });

  test("is slipway's: Docker's engine looks for a network of that name", async () => {
    const expected = "this engine does not tell its networks' graph: slipway's does\n";
    for (const answer of [
      Response.json({ message: "network graph not found" }, { status: 404 }),
      Response.json({ Name: "graph", Containers: {} }),
    ]) {
      docker = answer;
      expect(await slipway("network", "graph")).toEqual({ status: 1, stdout: "", stderr: expected });
    }
    docker = undefined;
  });

  test("of an unknown network or in an unknown format fails", async () => {
    expect((await slipway("network", "graph", "x")).stderr).toBe("network x not found\n");
    const { stderr } = await slipway("network", "graph", "--format", "png");
    expect(stderr).toBe('unknown format "png": choose text, svg, dot or json\n');
  });
});
