/* What docker makes of its configuration file, we make of it: both are pointed at one recording server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pruneFilters } from "../command/prune-flags.ts";
import { requestHeaders } from "./headers.ts";

const directory = mkdtempSync(join(tmpdir(), "cli-preferences-"));
const socket = join(directory, "engine.sock");
const configured = join(directory, "configured");
const malformed = join(directory, "malformed");
const ours = [process.execPath, join(import.meta.dir, "..", "..", "main.ts")];
const stamp = "2026-01-02T03:04:05Z";
let server: ReturnType<typeof Bun.serve>;
let received: unknown[] = [];

const container = {
  Id: "c".repeat(64),
  Names: ["/box"],
  Image: "busybox",
  ImageID: "",
  Command: "sh",
  Created: 1,
};
const image = { Id: `sha256:${"d".repeat(64)}`, RepoTags: ["busybox:latest"], RepoDigests: [], Created: 1 };
const answers: Record<string, unknown> = {
  "/containers/json": [{ ...container, State: "running", Status: "Up", Ports: [], Labels: {}, Mounts: [] }],
  "/images/json": [{ ...image, Size: 5, SharedSize: -1, Containers: -1, ParentId: "", Labels: {} }],
  "/volumes": { Volumes: [{ Name: "v", Driver: "local", Scope: "local", CreatedAt: stamp }], Warnings: null },
  "/networks": [{ Id: "e".repeat(64), Name: "bridge", Driver: "bridge", Scope: "local", Created: stamp }],
  "/networks/bridge": { Id: "e".repeat(64), Name: "bridge", Created: stamp },
  "/containers/create": { Id: "a".repeat(64), Warnings: [] },
  "/containers/box/json": { Id: container.Id, State: { Running: true }, Config: {} },
  "/containers/box/exec": { Id: "x" },
  "/exec/x/start": "",
};

beforeAll(() => {
  for (const path of [configured, malformed]) mkdirSync(path);
  writeFileSync(join(malformed, "config.json"), "{ no");
  const proxy = { httpProxy: "http://proxy:1", noProxy: "localhost" };
  writeFileSync(
    join(configured, "config.json"),
    JSON.stringify({
      ...{ psFormat: "{{.Names}}!", imagesFormat: "{{.Repository}}!", volumesFormat: "{{.Name}}!" },
      ...{ networksFormat: "{{.Name}}!", detachKeys: "ctrl-a,a" },
      HttpHeaders: { "X-Team": "blue", "User-Agent": "mine" },
      pruneFilters: ["until=1h", "nonsense"],
      proxies: { default: { ...proxy, httpsProxy: "http://other:2" }, [`unix://${socket}`]: proxy },
    }),
  );
  server = Bun.serve({
    unix: socket,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.endsWith("/_ping"))
        return new Response("OK", { headers: { "Api-Version": "1.51", Ostype: "linux" } });
      const path = pathname.replace(/^\/v[\d.]+/, "");
      const body = request.method === "POST" ? JSON.parse((await request.text()) || "{}") : {};
      // docker looks at the container first.
      if (path !== "/containers/box/json")
        received.push({
          ...{
            path,
            team: request.headers.get("x-team"),
            env: body.Env?.length ? body.Env.toSorted() : undefined,
            keys: body.DetachKeys,
          },
          filters: filtersOf(searchParams.get("filters")),
          verbose: /^(1|true)$/.test(searchParams.get("verbose") ?? ""),
        });
      if (path.endsWith("/prune")) return Response.json({ SpaceReclaimed: 0 });
      return Response.json(answers[path] ?? { message: "no" }, { status: path in answers ? 200 : 404 });
    },
  });
});

afterAll(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true });
});

/** Filters as sets, which is what a list and docker's map of values both are. */
function filtersOf(text: string | null): unknown {
  const entries = Object.entries(JSON.parse(text || "{}") as Record<string, string[] | object>);
  return Object.fromEntries(
    entries.map(([name, values]) => [
      name,
      (Array.isArray(values) ? values : Object.keys(values)).toSorted(),
    ]),
  );
}

async function run(command: string[], config: string, args: string[]) {
  received = [];
  const child = Bun.spawn([...command, "--config", config, ...args], {
    env: { ...process.env, DOCKER_HOST: `unix://${socket}`, SLIPWAY_HOST: `unix://${socket}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, said, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { out, said, status, received };
}

describe("as with docker:", () => {
  test.each([
    ...["ps", "ps -q", "ps --format {{.ID}}", "images", "images -q", "volume ls", "network ls"],
    ...["container prune -f", "container prune -f --filter label=keep", "image prune -f", "volume prune -f"],
    ...["create busybox", "create -e HTTP_PROXY=own -e no_proxy= busybox"],
    ...[
      "exec -d box true",
      "exec -d --detach-keys ctrl-b box true",
      "network inspect -v bridge -f {{.Name}}",
    ],
  ])("%s", async (line) => {
    const own = await run(ours, configured, line.split(" "));
    expect(own.received).not.toEqual([]);
    expect(own).toEqual(await run(["docker"], configured, line.split(" ")));
  });
});

test("a file that cannot be read is warned about, and nothing else changes", async () => {
  const { out, said, status } = await run(ours, malformed, ["ps", "-q"]);
  expect({ out, status }).toEqual({ out: "cccccccccccc\n", status: 0 });
  expect(said).toStartWith(`WARNING: cannot read the client's configuration ${malformed}/config.json: `);
  expect(said.trim().split("\n")).toHaveLength(1);
});

test("a level of logging is one that docker knows", async () => {
  const said = async (level: string) => (await run(ours, configured, ["-l", level, "inspect", "none"])).said;
  expect(await said("loud")).toBe("Unable to parse logging level: loud\n");
  expect(await said("info")).not.toContain("    at ");
});

test("labels that are always asked for give way to their opposites on the command line", () => {
  const configured = { pruneFilters: ["label!=keep", "label=a=b"] };
  expect(pruneFilters({}, configured)).toEqual({ "label!": ["keep"], label: ["a=b"] });
  const asked = { label: ["keep"], until: ["1h"] };
  expect(pruneFilters(asked, configured)).toEqual({ label: ["keep", "a=b"], until: ["1h"] });
});

test("headers that would be more than headers are refused", () => {
  expect(requestHeaders({ "X-A": "b", Host: "c" })).toEqual({ "X-A": "b" });
  expect(() => requestHeaders({ "X-A": "b\r\nX-C: d" })).toThrow('"X-A" is not a valid header');
  expect(() => requestHeaders({ "X A": "b" })).toThrow('"X A" is not a valid header');
});
