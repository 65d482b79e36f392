import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import type { CollectReport } from "../../../src/api/index.ts";
import { contextWith } from "../../support/build.ts";
import { dockerArchive } from "../../support/docker-archive.ts";
import { TestEngine, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { must } from "../../support/suite.ts";

/** 4 MiB that do not compress: an image takes them twice, as a blob and unpacked. */
const layerBytes = 4 << 20;

/** A small disk with a data root on it, and an engine with the image busybox. */
class SmallDisk implements AsyncDisposable {
  private constructor(
    private readonly folder: Folder,
    readonly engine: TestEngine,
  ) {}

  static async start(size: string, ...flags: string[]): Promise<SmallDisk> {
    const folder = new Folder();
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size}`, "none", folder.path]);
    const engine = await TestEngine.start({ flags: [`--data-root=${folder.join("data")}`, ...flags] });
    must(await engine.slipway(["image", "bootstrap", "busybox"]));
    return new SmallDisk(folder, engine);
  }

  async ok(...args: string[]): Promise<string> {
    return must(await this.engine.slipway(args)).stdout.trim();
  }

  async load(name: string, labels: Record<string, string> = {}): Promise<void> {
    const layers = [[{ name, data: randomBytes(layerBytes) }]];
    must(await this.engine.slipway(["load"], { stdin: dockerArchive({ tag: `${name}:1`, layers, labels }) }));
  }

  /** Makes a container and removes it. */
  async use(name: string): Promise<void> {
    await this.ok("rm", await this.ok("create", `${name}:1`));
  }

  async names(): Promise<string[]> {
    const names = await this.ok("images", "--format", "{{.Repository}}");
    return names.split("\n").sort();
  }

  async collect(...flags: string[]): Promise<CollectReport> {
    return JSON.parse(await this.ok("system", "gc", "--format", "json", ...flags)) as CollectReport;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.dispose();
    Bun.spawnSync(["umount", this.folder.path]);
    this.folder[Symbol.dispose]();
  }
}

const named = ({ Images }: CollectReport) => Images.flatMap(({ Names }) => Names);

test("below the watermark the least recently used images go, until enough is free", async () => {
  await using disk = await SmallDisk.start(
    "100m",
    ...["--gc-images=unused", "--gc-keep=busy*", "--gc-min-free-space=55MB", "--gc-target-free-space=58MB"],
  );
  await disk.load("labelled", { "slipway.keep": "true" });
  await disk.load("held");
  const container = await disk.ok("create", "held:1");
  await disk.load("first");
  await disk.load("second");
  await disk.use("first");
  expect((await disk.collect()).Images).toEqual([]);
  const planned = await disk.collect("--dry-run", "--free", "75MB");
  expect(named(planned)).toEqual(["second:1", "first:1"]);
  expect(planned.Images.every(({ Size }) => Size > 2 * layerBytes && Size < 2.1 * layerBytes)).toBe(true);
  expect(await disk.names()).toEqual(["busybox", "first", "held", "labelled", "second"]);
  await disk.engine.terminate();
  await disk.engine.start();
  expect(named(await disk.collect("--dry-run", "--free", "75MB"))).toEqual(["second:1", "first:1"]);
  // This one is too much for the watermark.
  await disk.load("third");
  await until("the least recently used image is gone", async () => !(await disk.names()).includes("second"));
  await until("the engine says what it did", () => disk.engine.log.includes("collected second:1"));
  expect(await disk.names()).toEqual(["busybox", "first", "held", "labelled", "third"]);
  const all = await disk.collect("--free", "100%");
  expect(named(all)).toEqual(["first:1", "third:1"]);
  expect(all.Kept.map(({ Names, Reason }) => [Names[0], Reason]).sort()).toEqual([
    ["busybox:latest", "gc-keep"],
    ["labelled:1", "its label slipway.keep"],
  ]);
  expect(await disk.names()).toEqual(["busybox", "held", "labelled"]);
  await disk.ok("rm", container);
  expect(await disk.ok("system", "check")).toContain("nothing is wrong");
}, 60_000);

let disk: SmallDisk;
beforeAll(async () => {
  disk = await SmallDisk.start("64m", "--gc-min-free-space=0");
}, 30_000);
afterAll(() => disk[Symbol.asyncDispose](), 30_000);

test("unless told otherwise, images with a tag and images of containers stay", async () => {
  await disk.load("tagged");
  await disk.load("untagged");
  await disk.ok("tag", "busybox", "untagged:1");
  await disk.load("used");
  const id = await disk.ok("create", "used:1");
  await disk.ok("tag", "busybox", "used:1");
  const report = await disk.collect("--free", "100%");
  expect(report.Images).toHaveLength(1);
  expect(report.Images[0]).toMatchObject({ Names: [report.Images[0]?.Id] });
  expect(await disk.names()).toEqual(["<none>", "busybox", "tagged", "untagged", "used"]);
  expect(named(await disk.collect("--free", "100%", "--unused", "--dry-run"))).toContain("tagged:1");
  await disk.ok("rm", id);
}, 30_000);

test("says in text what would go, and that it is not enough", async () => {
  expect(await disk.ok("system", "gc", "--free", "1MB")).toContain("Nothing to do: ");
  const text = await disk.ok("system", "gc", "--dry-run", "--unused", "--free", "100%");
  expect(text).toMatch(/^IMAGE {3,}LAST USED {3,}SIZE\n/);
  expect(text).toMatch(/^tagged:1 {3,}(Less than a|\d+) seconds? ago {3,}8\.39MB$/m);
  expect(text).toMatch(/Would reclaim: \d+(\.\d+)?MB\n67\.11MB are wanted: that is not enough/);
  const wrong = await disk.engine.slipway(["system", "gc", "--free", "much"]);
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("invalid size: 'much'") });
}, 30_000);

test("what builds keep goes before images do", async () => {
  await using disk = await SmallDisk.start("100m", "--gc-images=unused", "--gc-min-free-space=1MB");
  const stages = [
    "FROM busybox AS big",
    "RUN head -c 8000000 /dev/urandom > /big",
    "FROM busybox",
    "COPY --from=big /bin/sh /copied",
  ];
  using context = contextWith({ Dockerfile: stages.join("\n") });
  await disk.ok("build", "-t", "built:1", context.path);
  await disk.load("first");
  const { FreeSpace } = await disk.collect("--free", "1MB");
  const more = ["--free", `${FreeSpace + 4_000_000}`];
  const foreseen = await disk.collect("--dry-run", ...more);
  const report = await disk.collect(...more);
  expect(report).toMatchObject({ Images: [], Kept: [] });
  expect(report.BuildCache).toBeGreaterThanOrEqual(8_000_000);
  expect(foreseen).toEqual(report);
  expect(await disk.names()).toEqual(["built", "busybox", "first"]);
});
