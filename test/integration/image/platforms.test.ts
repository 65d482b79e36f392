import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { run, TestEngine } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import {
  absent,
  type Descriptor,
  host,
  Layout,
  other,
  type Platform,
  text,
} from "../../support/platform-layout.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
let second: TestEngine | undefined;
beforeAll(async () => {
  second = await TestEngine.start();
}, 60_000);
afterAll(async () => {
  await second?.dispose();
}, 60_000);

throughBoth("an image for several platforms,", fixture, ({ name, call, ok }) => {
  const inspect = async (ref: string, ...flags: string[]) =>
    JSON.parse(await ok(["image", "inspect", ...flags, ref]))[0];
  const load = (layout: Layout, ...flags: string[]) => ok(["load", ...flags], { stdin: layout.archive() });
  const listed = async (image: string) => {
    const images = JSON.parse((await fixture.engine.request("/images/json?manifests=1")) ?? "[]");
    return images.find(({ RepoTags }: { RepoTags: string[] }) => RepoTags.includes(image));
  };

  test("is loaded with all of its platforms and attestations", async () => {
    const layout = new Layout(`${uniqueName("all")}:1`);
    expect(await load(layout)).toContain(`Loaded image: ${layout.name}`);
    const seen = await inspect(layout.name);
    expect(seen.Id).toBe(layout.ids[0]);
    expect(seen.Descriptor).toEqual(layout.index);
    expect((await inspect(layout.name, "--platform", text(other))).Id).toBe(layout.ids[1]);
    const { Id, Descriptor, Manifests } = await listed(layout.name);
    expect([Id, Descriptor]).toEqual([layout.ids[0], layout.index]);
    const summary = Manifests.map(
      ({ Kind, Available, ImageData, AttestationData }: { [member: string]: unknown }) => [
        Kind,
        Available,
        (ImageData as { Platform?: Platform })?.Platform,
        AttestationData,
      ],
    );
    expect(summary).toEqual([
      ["image", true, host, undefined],
      ["image", true, other, undefined],
      ["image", false, absent, undefined],
      ["attestation", true, undefined, { For: layout.manifests[0]?.digest }],
    ]);
    expect(
      await ok([
        "history",
        "--platform",
        text(other),
        "--no-trunc",
        "--format",
        "{{.CreatedBy}}",
        layout.name,
      ]),
    ).toBe(`made for ${text(other)}`);
    const failure = await call(["image", "inspect", "--platform", text(absent), layout.name]);
    expect(failure.code).toBe(1);
    expect(failure.stderr).toContain(
      `image with reference ${layout.name} was found but does not provide the specified platform (${text(absent)})`,
    );
    await ok(["rmi", layout.name]);
  });

  test("is saved and loaded elsewhere byte for byte", async () => {
    using folder = new Folder();
    const layout = new Layout(`${uniqueName("moved")}:1`);
    await load(layout);
    const digest = layout.index.digest;
    await ok(["save", "-o", folder.join("image.tar"), layout.name]);
    const elsewhere = second as TestEngine;
    must(await run(elsewhere, name, ["load", "-i", folder.join("image.tar")]));
    const [there] = JSON.parse(must(await run(elsewhere, name, ["image", "inspect", layout.name])).stdout);
    expect(there.Descriptor).toEqual(layout.index);
    must(await run(elsewhere, name, ["save", "-o", folder.join("again.tar"), layout.name]));
    const bytes = await Bun.file(folder.join("again.tar")).bytes();
    expect(bytes).toEqual(await Bun.file(folder.join("image.tar")).bytes());
    expect(await members(folder.join("image.tar"))).toEqual(layout.blobs);
    must(await run(elsewhere, name, ["rmi", layout.name]));
    await ok(["rmi", layout.name]);
    await expect(blobOf(fixture.engine, digest).exists()).resolves.toBe(false);
    await expect(blobOf(elsewhere, layout.attestation.digest).exists()).resolves.toBe(false);
  });

  test("gives one platform to save and to load", async () => {
    using folder = new Folder();
    const layout = new Layout(`${uniqueName("one")}:1`);
    await load(layout, "--platform", text(other));
    expect((await inspect(layout.name)).Id).toBe(layout.ids[1]);
    expect((await call(["save", "--platform", text(host), layout.name])).stderr).toContain(
      "does not provide",
    );
    await load(layout, "--platform", text(host));
    expect((await inspect(layout.name)).Id).toBe(layout.ids[0]);
    expect((await inspect(layout.name, "--platform", text(other))).Id).toBe(layout.ids[1]);
    await ok(["save", "--platform", text(other), "-o", folder.join("one.tar"), layout.name]);
    await ok(["rmi", layout.name]);
    await ok(["load", "-i", folder.join("one.tar")]);
    const { Id, Descriptor, Architecture } = await inspect(layout.name);
    expect([Id, Architecture]).toEqual([layout.ids[1], other.architecture]);
    expect(Descriptor).toMatchObject(layout.manifests[1] as Descriptor);
    await ok(["rmi", layout.name]);
    const failure = await call(["load", "--platform", text(absent)], { stdin: layout.archive() });
    expect(failure.stderr).toContain(`requested platform(s) (${text(absent)}) not found`);
  });

  test("loses one platform and then the other", async () => {
    const layout = new Layout(`${uniqueName("part")}:1`);
    await load(layout);
    const refused = await call(["image", "rm", "--platform", text(host), layout.name]);
    expect(refused.stderr).toContain("Use --force to force delete");
    await ok(["image", "rm", "--force", "--platform", text(host), layout.name]);
    expect((await inspect(layout.name)).Id).toBe(layout.ids[1]);
    const { Manifests } = await listed(layout.name);
    expect(Manifests.map(({ Available }: { Available: boolean }) => Available)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    await ok(["image", "rm", "--force", "--platform", text(other), layout.name]);
    expect((await call(["image", "inspect", layout.name])).stderr).toContain(`No such image: ${layout.name}`);
  });

  test("keeps its platforms under a further name, whose removal leaves it alone", async () => {
    const layout = new Layout(`${uniqueName("first")}:1`);
    const further = `${uniqueName("further")}:1`;
    await load(layout);
    await ok(["tag", layout.name, further]);
    await ok(["rmi", layout.name]);
    expect((await inspect(further, "--platform", text(other))).Id).toBe(layout.ids[1]);
    await ok(["rmi", layout.ids[0]?.slice(7, 19) ?? ""]);
    expect((await call(["image", "inspect", further])).code).toBe(1);
    expect((await call(["image", "inspect", layout.ids[1] ?? ""])).code).toBe(1);
  });

  test("gives containers the platform that they ask for", async () => {
    const layout = new Layout(`${uniqueName("used")}:1`);
    await load(layout);
    const create = ["create", "--pull", "never"];
    const container = await ok([...create, "--platform", text(other), layout.name, "none"]);
    expect(await ok(["inspect", "-f", "{{.Image}}", container])).toBe(layout.ids[1] as string);
    const failure = await call([...create, "--platform", text(absent), layout.name, "none"]);
    expect(failure.stderr).toContain(`does not provide the specified platform (${text(absent)})`);
    await ok(["rm", container]);
    await ok(["rmi", layout.name]);
  });

  test("is shown as a tree", async () => {
    const layout = new Layout(`${uniqueName("tree")}:1`);
    await load(layout);
    const container = await ok(["create", layout.name, "none"]);
    const tree = await ok(["image", "ls", "--tree", "--filter", `reference=${layout.name}`]);
    const lines = tree
      .split("\n")
      .slice(-5)
      .map((line) => line.replaceAll(escapes, "").trimEnd());
    const [head, image, ...branches] = lines;
    expect(head).toMatch(/^IMAGE +ID +DISK USAGE +CONTENT SIZE +EXTRA$/);
    expect(image).toMatch(new RegExp(`^${layout.name} +${short(layout.ids[0])} +[\\d.]+k?B +[\\d.]+k?B +U$`));
    const [ours, theirs, missing] = layout.manifests;
    expect(branches[0]).toMatch(new RegExp(`^├─ ${text(host)} +${short(ours?.digest)} .* U$`));
    expect(branches[1]).toMatch(new RegExp(`^├─ ${text(other)} +${short(theirs?.digest)} .*B$`));
    expect(branches[2]).toMatch(new RegExp(`^└─ ${text(absent)} +${short(missing?.digest)} +0B +0B$`));
    await ok(["rm", container]);
    await ok(["rmi", layout.name]);
  });

  test("is refused as a whole when a blob of any platform is damaged", async () => {
    const layout = new Layout(`${uniqueName("bad")}:1`);
    const { digest } = layout.manifests[1] as Descriptor;
    const failure = await call(["load"], { stdin: layout.archive(digest) });
    expect(failure.code).toBe(1);
    expect(failure.stderr).toContain(digest);
    expect((await call(["image", "inspect", layout.name])).code).toBe(1);
  });
});

test("all of it is there when the engine was killed, and is sound", async () => {
  using folder = new Folder();
  const layout = new Layout(`${uniqueName("kept")}:1`);
  writeFileSync(folder.join("image.tar"), layout.archive());
  const engine = second as TestEngine;
  must(await engine.slipway(["load", "-i", folder.join("image.tar")]));
  await engine.kill();
  await engine.start();
  const [seen] = JSON.parse(must(await engine.slipway(["image", "inspect", layout.name])).stdout);
  expect(seen.Descriptor).toEqual(layout.index);
  must(await engine.slipway(["system", "check"]));
  must(await engine.slipway(["save", "-o", folder.join("again.tar"), layout.name]));
  expect(await members(folder.join("again.tar"))).toEqual(layout.blobs);
  must(await engine.slipway(["rmi", layout.name]));
});

test("the tree is docker's, but for its warning and colours", async () => {
  using folder = new Folder();
  const layout = new Layout(`${uniqueName("same")}:1`);
  writeFileSync(folder.join("image.tar"), layout.archive());
  const { engine } = fixture;
  must(await engine.slipway(["load", "-i", folder.join("image.tar")]));
  const args = ["image", "ls", "--tree"];
  const theirs = must(await run(engine, "docker", args))
    .stdout.replaceAll(escapes, "")
    .replace(/^WARNING.*\n/, "");
  expect(must(await engine.slipway(args)).stdout).toBe(theirs);
  must(await engine.slipway(["rmi", layout.name]));
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: docker's colours, which it also writes to pipes.
const escapes = /\x1b\[[\d;]*m/g;

const short = (digest = "") => digest.slice(7, 19);

function blobOf({ dataRoot }: TestEngine, digest: string) {
  return Bun.file(`${dataRoot}/content/blobs/sha256/${digest.slice(7)}`);
}

/** Digests of the blobs in an archive. */
async function members(archive: string): Promise<string[]> {
  const names = await Bun.$`tar -tf ${archive}`.text();
  return [...names.matchAll(/blobs\/sha256\/([0-9a-f]{64})/g)].map(([, hex]) => `sha256:${hex}`).sort();
}
