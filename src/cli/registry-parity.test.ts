/* What the docker CLI asks an engine for when registries are concerned, and who it says it is, we ask and say too. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryHost } from "./config/registry-key.ts";

const directory = mkdtempSync(join(tmpdir(), "cli-registry-parity-"));
const socket = join(directory, "engine.sock");
const digest = `sha256:${"1".repeat(64)}`;
let received: Received[] = [];
interface Received {
  what: string;
  query: object;
  auth: object;
  body: object | undefined;
}
let server: ReturnType<typeof Bun.serve>;

beforeAll(() => {
  server = Bun.serve({
    unix: socket,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const headers = { "Api-Version": "1.51", Ostype: "linux" };
      if (pathname.endsWith("/_ping")) return new Response("OK", { headers });
      const auth = request.headers.get("x-registry-auth");
      received.push({
        what: `${request.method} ${decodeURIComponent(pathname).replace(/^\/v1\.\d+/, "")}`,
        query: significant(
          Object.fromEntries([...searchParams, ["filters", filters(searchParams.get("filters"))]]),
        ),
        auth: auth === null ? {} : significant(JSON.parse(Buffer.from(auth, "base64url").toString())),
        body: pathname.endsWith("/auth") ? significant(await request.json()) : undefined,
      });
      if (pathname.endsWith("/auth")) {
        return Response.json({ Status: "Login Succeeded", IdentityToken: "" }, { headers });
      }
      if (pathname.endsWith("/search")) return Response.json([], { headers });
      if (searchParams.get("fromImage")?.endsWith("/broken")) return new Response(brokenStream, { headers });
      if (pathname.endsWith("/images/create")) return new Response(pullStream, { headers });
      if (pathname.endsWith("/push")) return Response.json({ status: "done" }, { headers });
      const pulled = received.some((one) => one.what === "POST /images/create");
      return pathname.endsWith("/containers/create") && pulled
        ? Response.json({ Id: "a".repeat(64), Warnings: [] }, { status: 201, headers })
        : Response.json({ message: "No such image: app:latest" }, { status: 404, headers });
    },
  });
});

afterAll(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true });
});

/** Two images after each other that share a layer, as the engine tells of it. */
const pullStream = [
  { id: "a", status: "Pulling from library/app" },
  { id: "1", status: "Pulling fs layer", progressDetail: {} },
  { id: "2", status: "Pulling fs layer", progressDetail: {} },
  { id: "1", status: "Downloading", progressDetail: { current: 5, total: 10 }, progress: "[=>  ] 5B/10B" },
  { id: "2", status: "Downloading", progressDetail: { current: 5 } },
  { id: "1", status: "Download complete", progressDetail: {} },
  { id: "1", status: "Pull complete", progressDetail: {} },
  { id: "2", status: "Pull complete", progressDetail: {} },
  { status: `Digest: ${digest}` },
  { id: "b", status: "Pulling from library/app" },
  { id: "1", status: "Already exists", progressDetail: {} },
  { status: "Status: Downloaded newer image for app" },
]
  .map((message) => `${JSON.stringify(message)}\r\n`)
  .join("");

const brokenStream =
  '{"status":"Pulling from library/broken","id":"a"}\r\n' +
  '{"errorDetail":{"message":"the registry hung up"},"error":"the registry hung up"}\r\n';

/** Without what is empty; the address of a login without the scheme that old files have. */
const significant = (value: unknown) =>
  Object.fromEntries(
    Object.entries(value as object)
      .filter(([, one]) => one !== "" && one !== null)
      .map(([key, one]) => [key, key === "serveraddress" ? registryHost(one) : one]),
  );

/** Names and values, whether they come as a list or as a set. */
const filters = (text: string | null) =>
  Object.entries(JSON.parse(text ?? "{}"))
    .map(([name, values]) => [name, Array.isArray(values) ? values : Object.keys(values as object)].join())
    .sort()
    .join(" ");

const base64 = (text: string) => Buffer.from(text).toString("base64");
const config = {
  auths: {
    "https://index.docker.io/v1/": { auth: base64("hub:secret") },
    "https://r.example": { auth: base64("ann:pass") },
    "t.example:5000": { auth: base64("tom:"), identitytoken: "refresh" },
  },
};

async function run(command: string[], args: string[], status = 0) {
  received = [];
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  const host = `unix://${socket}`;
  const child = Bun.spawn([...command, ...args], {
    cwd: directory,
    env: { ...process.env, DOCKER_HOST: host, SLIPWAY_HOST: host, DOCKER_CONFIG: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect({ status: await child.exited, stderr }).toMatchObject({ status });
  const kept: unknown = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
  // Whether the image is there is asked by us alone: docker takes every 404 of a create for a missing image.
  const requests = received.filter(({ what }) => what !== "GET /images/app/json");
  return { requests, stdout, stderr, kept };
}

const ours = [process.execPath, join(import.meta.dir, "..", "main.ts")];

test.each([
  "pull app",
  "pull -q app:v1",
  "pull -a r.example/team/app",
  `pull r.example/app@${digest}`,
  `pull t.example:5000/app:v1@${digest}`,
  "pull --platform linux/arm/v7 nobody.example/app",
  "push app",
  "push -q r.example/app:v1",
  "push -a t.example:5000/app",
  "search --limit 3 --filter stars=2 --filter is-official=true x",
  "search r.example/x",
  "login -u bob -p secret r.example",
  "login -u bob -p secret https://new.example/v1/",
  "login -u bob -p secret",
  "login r.example",
  "logout r.example",
  "logout",
])("%s", async (line) => {
  const [theirs, own] = [await run(["docker"], line.split(" ")), await run(ours, line.split(" "))];
  expect({ ...own, stderr: "" }).toEqual({ ...theirs, stderr: "" });
});

test("a failure amid the stream is told as it came", async () => {
  const [theirs, own] = [
    await run(["docker"], ["pull", "broken"], 1),
    await run(ours, ["pull", "broken"], 1),
  ];
  expect(own).toEqual(theirs);
});

test.each(["create app", "create --pull always -q r.example/app"])("%s", async (line) => {
  const [theirs, own] = [await run(["docker"], line.split(" ")), await run(ours, line.split(" "))];
  expect(own.requests.map(withoutBody)).toEqual(theirs.requests.map(withoutBody));
  expect(own.stdout).toEqual(theirs.stdout);
});

const flagsIn = (help: string) =>
  [...help.matchAll(/^ {2}(-\w,| {3}) (--[a-z-]+)( [a-z]+)?(?= {2})/gm)].map(([text]) => text.trim()).sort();

test.each([
  ...["pull", "push", "login", "logout", "search", "image pull", "image push"],
  ...["annotate", "create", "inspect", "push", "rm"].map((verb) => `manifest ${verb}`),
])("%s has docker's flags", async (name) => {
  const help = async (program: string[]) => (await run(program, [...name.split(" "), "--help"])).stdout;
  expect(flagsIn(await help(ours))).toEqual(flagsIn(await help(["docker"])));
});

const withoutBody = (one: Received) => ({ ...one, body: undefined });
