import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { slipwayPath, until } from "../../support/engine.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";
import { type TarEntry, tar } from "../../support/tar.ts";

const fixture = withEngine();
const ok = async (args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();
const root = () => join(fixture.engine.dataRoot, "volumes");
const data = (volume: string) => join(root(), volume, "_data");
const staged = () => readdirSync(root()).filter((entry) => entry.startsWith("."));

const into = async (volume: string, archive: Uint8Array, ...flags: string[]) =>
  await fixture.engine.slipway(["volume", "import", ...flags, "-", volume], { stdin: archive });

const noise = () => Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(Math.random() * 256)));
const whole = () =>
  tar([
    { name: "first", data: "1" },
    { name: "d", type: "5" },
    { name: "d/big", data: noise() },
  ]);
const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2);
/** One bit of a header, or of the compressed bytes, is another. */
function spoilt(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

const broken: [string, () => Uint8Array][] = [
  ["tar that is cut", () => cut(whole())],
  ["tar with a spoilt header", () => spoilt(whole(), 1024 + 100)],
  ["gzip that is cut", () => cut(gzipSync(whole()))],
  ["gzip with a spoilt checksum", () => spoilt(gzipSync(whole()), gzipSync(whole()).length - 6)],
  ["zstd that is cut", () => cut(zstdCompressSync(whole()))],
  ["zstd that is spoilt", () => spoilt(zstdCompressSync(whole()), 6)],
  ["text", () => Buffer.from("not an archive\n".repeat(100))],
];

test.each(broken)(
  "a %s is refused: a new volume is not made, one that was there stays",
  async (_what, bytes) => {
    const [fresh, old] = [uniqueName("v"), uniqueName("v")];
    must(await into(old, tar([{ name: "kept", data: "x" }])));
    const archive = bytes();
    for (const [volume, flags] of [
      [fresh, []],
      [old, ["--replace"]],
    ] as const) {
      const refused = await into(volume, archive, ...flags);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(`import ${volume}: `);
    }
    expect((await fixture.engine.slipway(["volume", "inspect", fresh])).code).toBe(1);
    expect(readdirSync(data(old))).toEqual(["kept"]);
    await until("nothing is left of it", () => staged().length === 0);
  },
);

const outside = () => join(fixture.engine.root, "outside");
const hostile: [string, () => TarEntry[]][] = [
  ["leads up", () => [{ name: "../../../outside", data: "x" }]],
  ["is absolute", () => [{ name: outside(), data: "x" }]],
  [
    "goes through a symbolic link",
    () => [
      { name: "way", type: "2", link: fixture.engine.root },
      { name: "way/outside", data: "x" },
    ],
  ],
  [
    "goes through a relative one",
    () => [
      { name: "way", type: "2", link: "../../../.." },
      { name: "way/outside", data: "x" },
    ],
  ],
  [
    "is a hard link to what is outside",
    () => [
      { name: "way", type: "1", link: "../../../../engine.log" },
      { name: "way", data: "overwritten" },
    ],
  ],
];

test.each(hostile)("an entry that %s writes nothing outside", async (_what, entries) => {
  const volume = uniqueName("v");
  const log = readFileSync(join(fixture.engine.root, "engine.log")).length;
  await into(volume, tar([...entries(), { name: "last", data: "x" }]));
  expect(existsSync(outside())).toBe(false);
  expect(readFileSync(join(fixture.engine.root, "engine.log")).length).toBeGreaterThanOrEqual(log);
  expect(readFileSync(join(fixture.engine.root, "engine.log"), "utf8")).not.toContain("overwritten");
  expect(readdirSync(root()).filter((entry) => entry === "outside")).toEqual([]);
  await until("nothing is left of it", () => staged().length === 0);
});

test("device nodes are made, as from any archive that an administrator unpacks", async () => {
  const volume = uniqueName("v");
  must(await into(volume, tar([{ name: "zero", type: "3", device: [1, 5] }])));
  const look = ["run", "--rm", "-v", `${volume}:/v`, "busybox", "stat", "-c", "%F %t:%T", "/v/zero"];
  expect(await ok(look)).toBe("character special file 1:5");
});

test("a client that leaves in the middle of an import leaves nothing, of an export the volume", async () => {
  const [name, to] = [uniqueName("v"), uniqueName("v")];
  must(await into(name, tar([{ name: "big", data: new Uint8Array(40_000_000) }])));
  const host = ["-H", fixture.engine.host];
  const importing = Bun.spawn([slipwayPath, ...host, "volume", "import", "-", to], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  importing.stdin.write(whole().subarray(0, 100_000));
  await importing.stdin.flush();
  await until("a part is there", () => staged().length === 1);
  importing.kill("SIGKILL");
  await until("the part is deleted", () => staged().length === 0);
  expect((await fixture.engine.slipway(["volume", "inspect", to])).code).toBe(1);
  const exporting = Bun.spawn([slipwayPath, ...host, "volume", "export", name], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await exporting.stdout.getReader().read();
  expect((await fixture.engine.slipway(["volume", "rm", name])).stderr).toContain("in use");
  exporting.kill("SIGKILL");
  await until(
    "the volume is free",
    async () => (await fixture.engine.slipway(["volume", "rm", name])).code === 0,
  );
});

test("a client that leaves in the middle of a clone leaves none", async () => {
  const [name, to] = [uniqueName("v"), uniqueName("v")];
  must(await into(name, tar([{ name: "big", data: noise() }])));
  const abort = new AbortController();
  const asked = fixture.engine.fetch(`/volumes/${name}/clone?name=${to}`, {
    method: "POST",
    signal: abort.signal,
  });
  const given = asked.then(
    () => "made",
    () => "given up",
  );
  await until("it has begun", () => staged().length > 0 || existsSync(data(to)));
  abort.abort();
  const outcome = await given;
  await until("nothing half is left", () => staged().length === 0);
  if (outcome === "made") expect(readdirSync(data(to))).toEqual(["big"]);
});

test("what is done with whole volumes is told", async () => {
  const [name, to, last] = [uniqueName("v"), uniqueName("v"), uniqueName("v")];
  must(await into(name, tar([{ name: "f", data: "x" }])));
  await ok(["volume", "clone", name, to]);
  await ok(["volume", "snapshot", name, "first"]);
  await ok(["volume", "restore", name, "first"]);
  await ok(["volume", "snapshot", "rm", name, "first"]);
  await ok(["volume", "export", "-o", join(fixture.engine.root, "told.tar"), name]);
  await ok(["volume", "rename", name, last]);
  await ok(["volume", "rm", to, last]);
  const soon = (Date.now() / 1000 + 0.2).toFixed(3);
  const events = await fixture.engine.docker([
    "events",
    "--since",
    "1h",
    "--until",
    soon,
    "--format",
    "{{json .}}",
  ]);
  const told = must(events)
    .stdout.trim()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as { Type: string; Action: string; Actor: { ID: string; Attributes: object } },
    )
    .filter(({ Type, Actor: { ID } }) => Type === "volume" && [name, to, last].includes(ID))
    .map(({ Action, Actor: { ID } }) => `${Action} ${[name, to, last].indexOf(ID)}`);
  expect(told).toEqual([
    ...["create 0", "import 0", "create 1", "clone 0", "snapshot 0", "restore 0", "snapshot_remove 0"],
    ...["export 0", "rename 2", "destroy 1", "destroy 2"],
  ]);
});
