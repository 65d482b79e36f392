import { afterEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { StoreReport } from "../../../src/api/index.ts";
import { dockerArchive, sha256 } from "../../support/docker-archive.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine({ flags: ["--storage-driver=overlay2"] });
const at = (...names: string[]) => join(fixture.engine.dataRoot, ...names);
const slipway = async (...args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();

/** The report of a check, whose exit status must say the same. */
async function check(...flags: string[]): Promise<StoreReport> {
  const result = await fixture.engine.slipway(["system", "check", "--format", "json", ...flags]);
  const report = JSON.parse(result.stdout) as StoreReport;
  expect(result).toMatchObject({ code: report.Remaining > 0 ? 1 : 0, stderr: "" });
  return report;
}

const inspect = async (image: string) =>
  JSON.parse(await slipway("image", "inspect", image))[0] as { Id: string; RootFS: { Layers: string[] } };

/** The directory of a layer that lies on no other. */
async function layerOf(image: string): Promise<string> {
  const [lowest] = (await inspect(image)).RootFS.Layers;
  const name = readdirSync(at("snapshots")).find((each) => {
    const file = at("snapshots", each, "snapshot.json");
    return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).key === lowest;
  });
  return at("snapshots", name as string);
}

const blob = (hex: string) => at("content", "blobs", "sha256", hex);
const runs = async (image = "busybox") =>
  expect(await slipway("run", "--rm", image, "echo", "fine")).toBe("fine");

/** An image that only a load can bring back: its layers are compressed by another program. */
async function load(tag: string): Promise<{ archive: Buffer; layerBlob: string }> {
  const archive = dockerArchive({
    tag,
    layers: [
      [
        { name: "dir", type: "5" },
        { name: "dir/file", data: tag.repeat(1000) },
      ],
    ],
  });
  const known = new Set(readdirSync(at("content", "blobs", "sha256")));
  must(await fixture.engine.slipway(["load"], { stdin: archive }));
  const added = readdirSync(at("content", "blobs", "sha256")).filter((name) => !known.has(name));
  const layerBlob = added.find((name) => readFileSync(blob(name))[0] === 0x1f) as string;
  return { archive, layerBlob };
}

/** Whatever a test did, the store is clean when it ends. */
afterEach(async () => {
  expect(await check()).toMatchObject({ Problems: [] });
});

const flip = (path: string, position: number) => {
  const bytes = readFileSync(path);
  const { atime, mtime } = statSync(path);
  bytes[position] = (bytes[position] as number) ^ 1;
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
};

describe("a damaged blob", () => {
  test("of a layer that was committed here is made anew", async () => {
    const name = uniqueName();
    const tag = `${name}:1`;
    await slipway("run", "--name", name, "busybox", "sh", "-c", "mkdir /d; seq 10000 > /d/f; rm /bin/vi");
    await slipway("commit", name, tag);
    await slipway("rm", name);
    const diffId = (await inspect(tag)).RootFS.Layers.at(-1) as string;
    const path = blob(diffId.slice("sha256:".length));
    flip(path, 20_000);
    expect(await check("--quick")).toMatchObject({ Problems: [] });
    const found = await check();
    expect(found).toMatchObject({
      Problems: [{ Subject: "blob", Id: diffId, Images: [tag], Repaired: false }],
    });
    expect(found.Problems[0]?.Problem).toContain(`sha256:${sha256(readFileSync(path))}`);
    expect(await check("--repair")).toMatchObject({ Repaired: 1, Remaining: 0 });
    expect(`sha256:${sha256(readFileSync(path))}`).toBe(diffId);
    await runs(tag);
    await slipway("rmi", tag);
  });

  test("of another program's layer is named with its image, and a load brings it back", async () => {
    const tag = `${uniqueName("lost")}:1`;
    const { archive, layerBlob } = await load(tag);
    truncateSync(blob(layerBlob), 40);
    expect(await check("--quick")).toMatchObject({ Problems: [{ Subject: "blob", Images: [tag] }] });
    const repaired = await check("--repair");
    expect(repaired).toMatchObject({ Repaired: 0, Remaining: 1 });
    expect(repaired.Problems[0]).toMatchObject({
      Id: `sha256:${layerBlob}`,
      Remedy: `pull or load ${tag} again`,
    });
    expect(existsSync(blob(layerBlob))).toBe(false);
    const missing = await check();
    expect(missing.Problems).toMatchObject([{ Subject: "blob", Problem: "it is missing", Images: [tag] }]);
    must(await fixture.engine.slipway(["load"], { stdin: archive }));
    expect(await check()).toMatchObject({ Problems: [] });
    await slipway("rmi", tag);
  });

  test("of an image's config cannot be made again", async () => {
    const tag = `${uniqueName("config")}:1`;
    const { archive } = await load(tag);
    const { Id } = await inspect(tag);
    flip(blob(Id.slice("sha256:".length)), 5);
    expect(await check("--repair")).toMatchObject({ Problems: [{ Id, Images: [tag], Repaired: false }] });
    must(await fixture.engine.slipway(["load"], { stdin: archive }));
    await slipway("rmi", tag);
  });
});

describe("a damaged layer", () => {
  const damages: [string, (fs: string) => void][] = [
    ["a file is gone", (fs) => rmSync(join(fs, "bin", "busybox"))],
    ["a file is too much", (fs) => writeFileSync(join(fs, "etc", "planted"), "")],
    ["a file has another size", (fs) => truncateSync(join(fs, "bin", "busybox"), 5)],
    ["a directory has another mode", (fs) => Bun.spawnSync(["chmod", "700", join(fs, "etc")])],
    ["a file has another owner", (fs) => Bun.spawnSync(["chown", "7:7", join(fs, "bin", "busybox")])],
    ["a link leads elsewhere", (fs) => Bun.spawnSync(["ln", "-sfn", "elsewhere", join(fs, "bin", "sh")])],
    ["all files are gone", (fs) => rmSync(fs, { recursive: true })],
    ["its directory is gone", (fs) => rmSync(join(fs, ".."), { recursive: true })],
    [
      "its metadata are another's",
      (fs) => writeFileSync(join(fs, "..", "snapshot.json"), '{"kind":"active"}'),
    ],
  ];
  for (const [what, damage] of damages) {
    test(`is unpacked anew: ${what}`, async () => {
      damage(join(await layerOf("busybox"), "fs"));
      const found = await check();
      expect(found.Problems.map(({ Subject, Images }) => ({ Subject, Images }))).toEqual([
        { Subject: "layer", Images: ["busybox:latest"] },
      ]);
      expect(await check("--repair")).toMatchObject({ Repaired: 1, Remaining: 0 });
      await runs();
    });
  }

  test("that has other bytes in the same size is found with --deep", async () => {
    flip(join(await layerOf("busybox"), "fs", "bin", "busybox"), 4000);
    expect(await check()).toMatchObject({ Problems: [] });
    const found = await check("--deep");
    expect(found.Problems[0]?.Problem).toMatch(/^bin\/\S+ has other content$/);
    expect(await check("--deep", "--repair")).toMatchObject({ Repaired: 1, Remaining: 0 });
    expect(await check("--deep")).toMatchObject({ Problems: [] });
    await runs();
  });

  test("under a stopped container is mended with what the container wrote untouched", async () => {
    const name = uniqueName();
    await slipway("run", "--name", name, "busybox", "sh", "-c", "echo kept > /file");
    rmSync(join(await layerOf("busybox"), "fs", "bin"), { recursive: true });
    const { Problems } = await check("--repair");
    expect(Problems).toMatchObject([{ Subject: "layer", Containers: [name], Repaired: true }]);
    await slipway("commit", name, `${name}:1`);
    expect(await slipway("run", "--rm", `${name}:1`, "cat", "/file")).toBe("kept");
    await slipway("rm", name);
    await slipway("rmi", `${name}:1`);
  });

  test("under a running container waits until that stops", async () => {
    const name = uniqueName();
    await slipway("run", "-d", "--name", name, "busybox", "sleep", "1000");
    const etc = join(await layerOf("busybox"), "fs", "etc");
    renameSync(etc, `${etc}.away`);
    const refused = await check("--repair");
    expect(refused).toMatchObject({ Repaired: 0, Remaining: 1 });
    expect(refused.Problems[0]?.Remedy).toContain(name);
    await slipway("rm", "-f", name);
    expect(await check("--repair")).toMatchObject({ Repaired: 1, Remaining: 0 });
  });

  test("is also mended when the engine was started without it", async () => {
    const { engine } = fixture;
    const name = uniqueName();
    await slipway("create", "--name", name, "busybox", "echo", "there");
    const directory = await layerOf("busybox");
    await engine.terminate();
    rmSync(directory, { recursive: true });
    await engine.start();
    expect((await check()).Problems).toMatchObject([
      { Subject: "layer", Problem: "it is missing", Images: ["busybox:latest"] },
    ]);
    expect(await check("--repair")).toMatchObject({ Repaired: 1, Remaining: 0 });
    expect(await slipway("start", "-a", name)).toBe("there");
    await slipway("rm", name);
  });
});

describe("containers and volumes", () => {
  test("that lost their directories get them anew, and are told", async () => {
    const name = uniqueName();
    const volume = uniqueName("v");
    const id = await slipway("create", "--name", name, "-v", `${volume}:/v`, "busybox", "true");
    rmSync(at("volumes", volume, "_data"), { recursive: true });
    rmSync(at("containers", id), { recursive: true });
    const { Problems } = await check();
    expect(Problems).toMatchObject([
      { Subject: "container", Id: id, Containers: [name] },
      { Subject: "volume", Id: volume, Containers: [name] },
    ]);
    expect(await check("--repair")).toMatchObject({ Repaired: 2, Remaining: 0 });
    await slipway("start", "-a", name);
    await slipway("rm", name);
    await slipway("volume", "rm", volume);
  });
});

describe("leftovers", () => {
  test("are named, and deleted with --repair; what is new or goes on stays", async () => {
    const old = new Date(Date.now() - 3_600_000);
    const aged = (path: string) => utimesSync(path, old, old);
    const content = "nobody needs this";
    const partial = at("content", "ingest", `partial-${"0".repeat(64)}`);
    const paths = [
      blob(sha256(content)),
      at("content", "ingest", "1-1"),
      at("snapshots", "stray"),
      at("containers", "f".repeat(64)),
    ];
    for (const path of [...paths.slice(0, 2), partial])
      writeFileSync(path, path === paths[0] ? content : "x");
    for (const path of paths.slice(2)) mkdirSync(path);
    for (const path of paths) aged(path);
    const { Problems } = await check();
    expect(Problems.map(({ Id }) => at(Id)).sort()).toEqual(paths.toSorted());
    expect(await check("--repair")).toMatchObject({ Repaired: 4, Remaining: 0 });
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
    expect(existsSync(partial)).toBe(true);
    rmSync(partial);
  });
});

test("the text says what is wrong, what it affects and what to do", async () => {
  const tag = `${uniqueName("text")}:1`;
  const { archive, layerBlob } = await load(tag);
  rmSync(blob(layerBlob));
  const { code, stdout } = await fixture.engine.slipway(["system", "check"]);
  expect(code).toBe(1);
  expect(stdout).toContain(`blob sha256:${layerBlob}: it is missing\n  images: ${tag}\n  remedy: `);
  expect(stdout).toMatch(
    /Checked 5 blobs, 2 images, 2 layers, 0 containers, 0 volumes: 1 problem, 0 repaired, 1 remaining\n$/,
  );
  must(await fixture.engine.slipway(["load"], { stdin: archive }));
  await slipway("rmi", tag);
  expect(await slipway("system", "check")).toBe(
    "Checked 3 blobs, 1 image, 1 layer, 0 containers, 0 volumes: nothing is wrong",
  );
  const both = await fixture.engine.slipway(["system", "check", "--quick", "--deep"]);
  expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining("either quick or deep") });
});
