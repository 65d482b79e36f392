import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { PrunePreview, StoreUsage } from "../../../src/api/index.ts";
import { created, running } from "../../support/containers.ts";
import { dockerArchive } from "../../support/docker-archive.ts";
import { until } from "../../support/engine.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("system df and prune:", fixture, (line) => {
  const { ok } = line;

  test("df counts and measures each kind", async () => {
    const volume = uniqueName("v");
    await using container = await running(
      line,
      "head -c 3000000 /dev/zero > /f; head -c 2000000 /dev/zero > /v/f; sleep 1000",
      "-v",
      `${volume}:/v`,
    );
    await container.exec("until [ $(stat -c %s /v/f) = 2000000 ]; do sleep 0.02; done");
    await using _stopped = await created(line, "true");
    const rows = (
      await ok(["system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Active}}|{{.Size}}"])
    ).split("\n");
    expect(rows[0]).toMatch(/^Images\|1\|1\|[\d.]+MB$/);
    expect(rows[1]).toMatch(/^Containers\|2\|1\|3(\.\d+)?MB$/);
    expect(rows[2]).toMatch(/^Local Volumes\|1\|1\|2(\.\d+)?MB$/);
    expect(rows[3]).toMatch(/^Build Cache\|0\|0\|0B$/);
    const header = (await ok(["system", "df"])).split("\n")[0] ?? "";
    expect(header.split(/ {2,}/)).toEqual(["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"]);
    const verbose = await ok(["system", "df", "-v"]);
    expect(verbose).toContain("Images space usage:");
    expect(verbose).toContain(container.name);
    expect(verbose).toContain(volume);
    await ok(["rm", "-f", container.name]);
    await ok(["volume", "rm", volume]);
  });

  test("prune takes stopped containers and dangling images, with --volumes anonymous volumes too", async () => {
    await using kept = await running(line, "sleep 1000");
    const stopped = await ok(["create", "busybox"]);
    const builder = await ok(["create", "busybox"]);
    const dangling = await ok(["commit", builder]);
    const anonymous = await ok(["volume", "create"]);
    const named = uniqueName("v");
    await ok(["volume", "create", named]);
    const output = await ok(["system", "prune", "-f"]);
    expect(output).toContain("Deleted Containers:");
    expect(output).toContain(stopped);
    expect(output).toContain(`deleted: ${dangling}`);
    expect(output).toMatch(/Total reclaimed space: .*B$/);
    expect(await ok(["volume", "ls", "-q"])).toContain(anonymous);
    expect(await ok(["system", "prune", "-f", "--volumes"])).toContain(anonymous);
    expect(await ok(["volume", "ls", "-q"])).toBe(named);
    expect(await kept.status()).toBe("running");
    await ok(["volume", "rm", named]);
  });
});

const slipway = async (...args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();

/** Bytes that the data root takes of its disk, as du(1) counts; what is mounted in it takes none. */
const du = async () =>
  Number((await Bun.$`du -s -x --block-size=1 ${fixture.engine.dataRoot}`.text()).split("\t")[0]);

const usage = async () => (await (await fixture.engine.fetch("/system/store")).json()) as StoreUsage;

test("what df -v says of the store adds up to what du says", async () => {
  const { dataRoot } = fixture.engine;
  const volume = uniqueName("v");
  const name = uniqueName();
  const script =
    "head -c 3000000 /dev/urandom > /f; ln /f /g; head -c 2000000 /dev/urandom > /v/f; seq 10000";
  await slipway("run", "--name", name, "-v", `${volume}:/v`, "busybox", "sh", "-c", script);
  const tag = `${name}:1`;
  const layers = [
    [
      { name: "a", data: "x".repeat(700_000) },
      { name: "b", type: "1" as const, link: "a" },
    ],
  ];
  must(await fixture.engine.slipway(["load"], { stdin: dockerArchive({ tag, layers }) }));
  for (const round of [1, 2]) {
    await until(
      "nothing is being deleted",
      () => !readdirSync(join(dataRoot, "snapshots")).some((each) => each.startsWith("old-")),
    );
    const { Blobs, PartialDownloads, Layers, Containers, Volumes, Metadata, Total } = await usage();
    expect(Blobs + PartialDownloads + Layers + Containers + Volumes + Metadata).toBe(Total);
    expect(Math.abs(Total - (await du())) / Total).toBeLessThan(0.01);
    expect(Blobs + Layers).toBeGreaterThan(2_100_000);
    expect(Blobs + Layers).toBeLessThan(5_100_000);
    expect(Containers).toBeGreaterThan(3_000_000);
    expect(Containers).toBeLessThan(4_500_000);
    expect(Volumes).toBeGreaterThan(2_000_000);
    if (round === 1) await slipway("rmi", tag, await slipway("commit", name));
    else
      expect(await slipway("system", "df", "-v")).toMatch(
        /Disk usage of \/.*\n\nTYPE +SIZE\n[\s\S]*\nTotal +1\d(\.\d+)?MB$/,
      );
  }
  await slipway("rm", name);
  await slipway("volume", "rm", volume);
});

test("a dry run shows what a prune then does", async () => {
  await using _kept = await running(
    {
      name: "slipway",
      call: (args, options) => fixture.engine.slipway(args, options),
      ok: (args) => slipway(...args),
    },
    "sleep 1000",
  );
  const [one, other] = [`${uniqueName("one")}:1`, `${uniqueName("other")}:1`];
  const file = (name: string) => [{ name, data: name.repeat(1000) }];
  for (const [tag, layers] of [
    [one, [file("base"), file("one")]],
    [other, [file("base"), file("other")]],
  ] as const)
    must(await fixture.engine.slipway(["load"], { stdin: dockerArchive({ tag, layers }) }));
  const stopped = await slipway("create", one, "x");
  await slipway("volume", "create");
  await slipway("tag", "busybox", other);
  const preview = async (query: string) =>
    (await (await fixture.engine.fetch(`/system/prune?${query}`)).json()) as PrunePreview;
  const before = await slipway("images", "-aq");
  const images = await preview(`type=image&filters=${encodeURIComponent('{"dangling":["true"]}')}`);
  expect(images.ImagesDeleted).toHaveLength(2);
  const everything = encodeURIComponent('{"dangling":["false"]}');
  expect((await preview(`type=image&filters=${everything}`)).ImagesDeleted).toEqual(images.ImagesDeleted);
  const all = await preview(`type=container&type=volume&type=image&filters=${everything}`);
  expect(all).toMatchObject({ ContainersDeleted: [stopped] });
  const text = await slipway("system", "prune", "--all", "--volumes", "--dry-run");
  expect(text).toContain(`Would delete Containers:\n${stopped}\n`);
  expect(text).toContain("Would delete Volumes:\n");
  expect(text).toContain(`untagged: ${one}\n`);
  expect(await slipway("images", "-aq")).toBe(before);
  const pruned = await slipway("system", "prune", "--all", "--volumes", "--force");
  const lines = (output: string) =>
    output
      .split("\n")
      .filter((line) => /^(un|\w+:|[0-9a-f]{64}$)/.test(line))
      .sort();
  expect(lines(pruned)).toEqual(lines(text));
  expect(pruned.split(": ").at(-1)).toBe(text.split(": ").at(-1) as string);
}, 30_000);

test("layers that images share count once in LayersSize", async () => {
  const layersSize = async () =>
    ((await (await fixture.engine.fetch("/system/df?type=image")).json()) as { LayersSize: number })
      .LayersSize;
  const before = await layersSize();
  const tags = [`${uniqueName("one")}:1`, `${uniqueName("other")}:1`];
  for (const tag of tags) {
    const layers = [[{ name: "shared", data: "x".repeat(5000) }], [{ name: tag, data: "y".repeat(300) }]];
    must(await fixture.engine.slipway(["load"], { stdin: dockerArchive({ tag, layers }) }));
  }
  expect((await layersSize()) - before).toBe(5600);
  await slipway("rmi", ...tags);
  expect(await layersSize()).toBe(before);
});
