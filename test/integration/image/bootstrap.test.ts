import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { slipwayPath, TestEngine, until } from "../../support/engine.ts";
import { must } from "../../support/suite.ts";

setDefaultTimeout(60_000);

const served = /^\/(\w+\/)?debian\/dists\/(bookworm|bookworm-updates)\/InRelease$/;
const mirror = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: ({ url }) => new Response(null, { status: served.test(new URL(url).pathname) ? 200 : 404 }),
});
const mirrorOf = (kind = "") => `${mirror.url}${kind}debian/`;

/** The engine's debootstrap is a stand-in, that no test needs the network. */
const folder = mkdtempSync(join(tmpdir(), "slipway-bootstrap-test-"));
let engine: TestEngine;
const bootstrap = (...args: string[]) => engine.slipway(["image", "bootstrap", ...args]);
const unfinished = () => readdirSync(engine.dataRoot).filter((name) => name.startsWith("bootstrap-"));

beforeAll(async () => {
  mkdirSync(join(folder, "bin"));
  copyFileSync(resolve(import.meta.dir, "../../support/debootstrap"), join(folder, "bin/debootstrap"));
  writeFileSync(join(folder, "debian-archive-keyring.gpg"), "keys");
  engine = await TestEngine.start({
    flags: [`--debian-mirror=${mirrorOf()}`, `--debian-keyring=${folder}/debian-archive-keyring.gpg`],
    env: { PATH: `${folder}/bin:${process.env.PATH}` },
  });
});
afterAll(async () => {
  await engine.dispose();
  mirror.stop(true);
  rmSync(folder, { recursive: true });
});

test("the same packages make the same image, under any name", async () => {
  const told = must(await bootstrap("debian:12")).stdout;
  expect(told).toStartWith(`Fetching bookworm from ${mirrorOf()}\nI: Retrieving InRelease\n`);
  expect(told).toContain("\nBootstrapped image: debian:12\n");
  const id = /sha256:[0-9a-f]{64}\n$/.exec(told)?.[0];
  expect(must(await bootstrap("-q", "-t", "base:again", "debian:bookworm")).stdout).toBe(id ?? "none");
  const { stdout } = must(await engine.docker(["inspect", "-f", "{{.Created}} {{.RepoTags}}", "debian:12"]));
  expect(stdout).toMatch(/^2024-06-01T12:00:00(\.0+)?Z \[base:again debian:12\]\n$/);
  expect(unfinished()).toEqual([]);
});

test("apt in containers has the mirror's suites and their keys", async () => {
  must(await bootstrap("debian:bookworm"));
  const sources = await engine.docker([
    "run",
    "--rm",
    "debian:bookworm",
    "cat",
    "/etc/apt/sources.list.d/debian.sources",
  ]);
  expect(must(sources).stdout).toBe(`Types: deb
URIs: ${mirrorOf()}
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`);
});

test("slim leaves manuals out; flags reach debootstrap, which must verify", async () => {
  const other = mirrorOf("other/");
  must(await bootstrap("debian:12-slim", "--include", "less,curl", "--mirror", other));
  const said = readFileSync(join(folder, "bin/arguments"), "utf8");
  expect(said).toMatch(
    /^--variant=minbase --keyring=\S+ --force-check-gpg --include=curl,less bookworm \/\S+ http/,
  );
  expect(said.trim()).toEndWith(other);
  const look = "cat /usr/share/doc/a/copyright; cat /usr/share/man/man1/a.1 || echo slim";
  expect(must(await engine.slipway(["run", "--rm", "debian:12-slim", "sh", "-c", look])).stdout).toBe(
    "mine\nslim\n",
  );
});

test.each([
  [
    ["--mirror", "http://127.0.0.1:1/debian", "debian:12"],
    /^[^\n]*cannot reach the mirror http:\/\/127.0.0.1:1\/debian\/: connection refused\n$/,
  ],
  [["debian:trixie"], /Debian has no suite "trixie" at http/],
  [
    ["--mirror", mirrorOf("fails/"), "debian:12"],
    /^[^\n]*debootstrap of bookworm from \S+ failed: Couldn't download packages: apt\n$/,
  ],
  [["--mirror", "file:///srv", "debian:12"], /invalid mirror/],
  [["--variant", "huge", "debian:12"], /invalid variant: huge/],
])("%j fails in one line and leaves nothing", async (args, message) => {
  const { code, stderr } = await bootstrap(...args, "-t", "never:made");
  expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  expect(unfinished()).toEqual([]);
  expect((await engine.slipway(["inspect", "never:made"])).code).not.toBe(0);
});

/** Command lines of processes that work in a directory of an unfinished image. */
function workers(): string[] {
  const place = join(engine.dataRoot, "bootstrap-");
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(place);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

/** Begins what never ends; answers the client. */
async function hanging(): Promise<Bun.Subprocess> {
  const args = ["image", "bootstrap", "--mirror", mirrorOf("hangs/"), "debian:12"];
  const client = Bun.spawn([slipwayPath, "-H", engine.host, ...args], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  await until("debootstrap and a script of a package work", () => workers().length >= 3);
  return client;
}

test("a client that goes away ends the bootstrap", async () => {
  const client = await hanging();
  client.kill("SIGKILL");
  await until("all of it is gone", () => workers().length === 0 && unfinished().length === 0);
});

test("an engine that is stopped takes the bootstrap with it", async () => {
  const client = await hanging();
  expect(await engine.terminate()).toBe(0);
  await client.exited;
  await until("nobody works any more", () => workers().length === 0);
  await engine.start();
  await until("what was left is removed", () => unfinished().length === 0);
});

test("a bootstrap ends with an engine that is killed, and the next one removes what is left", async () => {
  const client = await hanging();
  await engine.kill();
  await client.exited;
  await until("nobody works any more", () => workers().length === 0);
  expect(unfinished()).toHaveLength(1);
  await engine.start();
  await until("what was left is removed", () => unfinished().length === 0);
});
