/* What builds keep: across crashes and removals, how it is listed and pruned, and how it travels. */

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { built, classic, contextWith } from "../../support/build.ts";
import { until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { TestRegistry } from "../../support/registry.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const dockerfile = `
  FROM busybox AS tools
  RUN head -c 200000 /dev/zero > /tool && touch /made
  FROM busybox
  COPY --from=tools /tool /tool
  COPY name /name
  RUN cat /name > /greeting
`;
const files = { Dockerfile: dockerfile, name: "world\n" };

/** Layers that are on the disk. */
const layers = () =>
  readdirSync(`${fixture.engine.dataRoot}/snapshots`).filter((name) => !name.startsWith("old-"));

interface CacheRow {
  ID: string;
  Description: string;
  Shared: boolean;
  Size: number;
}

async function cacheRows(): Promise<CacheRow[]> {
  return JSON.parse((await fixture.engine.request("/system/df?type=build-cache")) ?? "{}").BuildCache;
}

/** What the next engine will know, whatever becomes of this one. */
function recordsOnDisk(description: string): number {
  using state = new Database(`${fixture.engine.dataRoot}/state.db`, { readonly: true });
  const query = "SELECT count(*) AS n FROM documents WHERE collection = 'build-records' AND body LIKE ?";
  return state.query<{ n: number }, [string]>(query).get(`%${description}%`)?.n ?? 0;
}

throughBoth("the build cache", fixture, (line) => {
  const { ok } = line;
  const prune = async (args: string[] = []) =>
    await ok(["builder", "prune", "-f", ...args], { env: classic });

  test("outlives its images, is listed, and is given back by prune", async () => {
    using folder = contextWith(files);
    await prune(["-a"]);
    const before = layers();
    const image = await built(line, folder);
    const id = await ok(["image", "inspect", "-f", "{{.Id}}", image]);
    expect((await cacheRows()).filter(({ Description }) => Description.includes("head -c"))).toMatchObject([
      { Size: 200_000, Shared: false },
    ]);
    await ok(["rmi", image]);
    await ok(["image", "prune", "-f"]);
    const again = await built(line, folder);
    expect(await ok(["image", "inspect", "-f", "{{.Id}}", again])).toBe(id);
    // What the image has stays, and so do records that say so.
    expect(await prune()).toContain("200kB");
    expect((await cacheRows()).every(({ Shared }) => Shared)).toBe(true);
    await ok(["run", "--rm", again, "cat", "/greeting"]);
    await ok(["rmi", again]);
    expect(await prune(["-a"])).toContain("Total reclaimed space: 200kB");
    expect(await cacheRows()).toEqual([]);
    await until("the layers are deleted", () => layers().length === before.length);
  });

  test("prune takes what its filters choose", async () => {
    using folder = contextWith(files);
    const image = await built(line, folder);
    const rows = await cacheRows();
    await prune(["--filter", "until=24h"]);
    expect(await cacheRows()).toHaveLength(rows.length);
    const tool = rows.find(({ Description }) => Description.includes("head -c"));
    expect(await prune(["--filter", `id=${tool?.ID}`])).toContain(tool?.ID ?? "");
    expect(await cacheRows()).toHaveLength(rows.length - 1);
    await ok(["rmi", image]);
  });
});

test("a prune foreseen is the prune, and that of the system has it, too", async () => {
  const { engine } = fixture;
  using folder = contextWith(files);
  const slipway = async (...args: string[]) => must(await engine.slipway(args)).stdout.trim();
  must(await engine.slipway(["build", "-q", folder.path]));
  const foreseen = await slipway("builder", "prune", "--dry-run");
  expect(foreseen).toContain("Would reclaim: 200kB");
  expect(await slipway("system", "prune", "--dry-run")).toContain("Would delete build cache objects:");
  const pruned = await slipway("builder", "prune", "-f");
  const ids = (text: string) => text.split("\n").filter((line) => /^[0-9a-f]{25}$/.test(line));
  expect(ids(pruned)).toEqual(ids(foreseen));
  expect(await slipway("system", "prune", "-af", "--filter", "label=none")).not.toContain("build cache");
});

test("damaged layers of the cache are found, forgotten with --repair, and made anew", async () => {
  const { engine } = fixture;
  using folder = contextWith(files);
  const slipway = (...args: string[]) => engine.slipway(args);
  must(await slipway("builder", "prune", "-af"));
  must(await slipway("build", "-q", "-t", "damaged", folder.path));
  const tool = "fs/made";
  const snapshots = `${engine.dataRoot}/snapshots`;
  const layer = layers().find((name) => existsSync(`${snapshots}/${name}/${tool}`));
  writeFileSync(`${snapshots}/${layer}/${tool}`, "changed");
  expect((await slipway("system", "check")).stdout).toContain("of the build cache: its files pack to");
  expect((await slipway("system", "check", "--repair")).stdout).toContain("the next build makes it anew");
  expect(must(await slipway("system", "check")).stdout).toContain("nothing is wrong");
  const { stdout, stderr } = must(await slipway("build", "--progress=plain", folder.path));
  expect(stdout + stderr).toMatch(/RUN head[^\n]*\n#\d+ DONE/);
  must(await slipway("rmi", "damaged"));
});

test("what two builds want at once is done once, and goes on when one of them is given up", async () => {
  const { engine } = fixture;
  using folder = contextWith({ Dockerfile: "FROM busybox\nRUN cat /proc/sys/kernel/random/uuid; sleep 2\n" });
  const args = ["build", "--no-cache", "--progress=plain", folder.path];
  const uuid = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
    /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(stdout + stderr)?.[0];
  const first = engine.slipway(args);
  const running = `${engine.execRoot}/builds`;
  await until("the step runs", () => existsSync(running) && readdirSync(running).length > 0);
  const second = engine.slipway(args, { timeout: 1000 });
  const third = engine.slipway(args);
  const [one, , three] = await Promise.all([first, second, third]);
  expect([one.code, three.code]).toEqual([0, 0]);
  expect(uuid(one)).toBeDefined();
  expect(uuid(three)).toBe(uuid(one) as string);
});

test("a killed engine's finished steps are found by the next, and what was unfinished is gone", async () => {
  const { engine } = fixture;
  using folder = contextWith({
    ...files,
    Dockerfile: `FROM busybox\nRUN echo kept > /kept\nRUN sleep 1000\n`,
  });
  const build = engine.slipway(["build", "--progress=plain", folder.path]);
  const rows = async () => (await cacheRows()).filter(({ Description }) => Description.includes("echo kept"));
  await until("the first step is on the disk", () => recordsOnDisk("echo kept") === 1);
  await until("the next one runs", () => layers().length > 2);
  await engine.kill();
  expect((await build).code).not.toBe(0);
  await engine.start();
  expect(await rows()).toHaveLength(1);
  using fixed = contextWith({
    ...files,
    Dockerfile: `FROM busybox\nRUN echo kept > /kept\nRUN cat /kept\n`,
  });
  const next = must(await engine.slipway(["build", "--progress=plain", fixed.path]));
  expect(next.stdout + next.stderr).toMatch(/RUN echo kept[^\n]*\n#\d+ CACHED/);
  const check = must(await engine.slipway(["system", "check"]));
  expect(check.stdout).not.toContain("build-");
});

let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
});
afterAll(() => registry[Symbol.asyncDispose]());

test.each(["local", "registry", "inline"])("a cache travels: %s", async (type) => {
  const { engine } = fixture;
  using folder = contextWith(files);
  using out = new Folder();
  const ref = `${registry.host}/${uniqueName("cache")}:v1`;
  const options = {
    local: {
      to: `type=local,dest=${out.join("cache")},mode=max`,
      from: `type=local,src=${out.join("cache")}`,
    },
    registry: { to: `type=registry,ref=${ref},mode=max`, from: `type=registry,ref=${ref}` },
    inline: { to: "type=inline", from: ref },
  }[type] as { to: string; from: string };
  const ok = async (args: string[]) => {
    const { stdout, stderr } = must(await engine.slipway(args));
    return stdout + stderr;
  };
  const build = (args: string[]) => ok(["build", "--progress=plain", "-t", ref, ...args, folder.path]);
  await ok(["builder", "prune", "-af"]);
  await build(["--cache-to", options.to, ...(type === "inline" ? ["--push"] : [])]);
  const id = await ok(["image", "inspect", "-f", "{{.Id}}", ref]);
  await ok(["rmi", ref]);
  await ok(["builder", "prune", "-af"]);
  expect(await cacheRows()).toEqual([]);
  // Inline caches have what the image has: the other stage is built again.
  const again = await build(["--cache-from", options.from, "--cache-to", options.to]);
  expect(again).toMatch(/RUN cat \/name[^\n]*\n(.*\n)*?#\d+ CACHED/);
  if (type !== "inline") expect(again).not.toMatch(/RUN head[^\n]*\n#\d+ DONE/);
  expect(await ok(["image", "inspect", "-f", "{{.Id}}", ref])).toBe(id);
  await ok(["rmi", ref]);
});

test("a registry that wants a password gets the user's", async () => {
  await using locked = await TestRegistry.start({ users: { alice: "secret" } });
  const { engine } = fixture;
  using folder = contextWith(files);
  const ref = `${locked.host}/cache:v1`;
  const args = ["build", "--progress=plain", "--cache-to", `type=registry,ref=${ref}`, folder.path];
  const refused = await engine.slipway(args);
  expect(refused.code).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain("exporting cache to registry");
  must(await engine.slipway(["login", "-u", "alice", "--password-stdin", locked.host], { stdin: "secret" }));
  must(await engine.slipway(args));
  const { stdout, stderr } = must(await engine.slipway(["build", "--cache-from", ref, folder.path]));
  expect(stdout + stderr).not.toContain("ERROR");
});

test("a cache that cannot be had is told, and the build goes on", async () => {
  using folder = contextWith(files);
  const from = `type=registry,ref=${registry.host}/nobody/nothing`;
  const { stdout, stderr } = must(
    await fixture.engine.slipway(["build", "--progress=plain", "--cache-from", from, folder.path]),
  );
  expect(stdout + stderr).toMatch(/importing cache manifest from registry[^\n]*\n#\d+ ERROR/);
});
