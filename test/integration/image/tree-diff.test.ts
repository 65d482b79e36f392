import { describe, expect, test } from "bun:test";
import type { ImageDifference, ImageTree, ImageTreeNode } from "../../../src/api/index.ts";
import { dockerArchive } from "../../support/docker-archive.ts";
import { command, slipwayPath } from "../../support/engine.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";
import type { TarEntry } from "../../support/tar.ts";
import { Terminal } from "../../support/terminal.ts";

const fixture = withEngine();
const slipway = async (...args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();

async function load(name: string, ...layers: TarEntry[][]): Promise<string> {
  const tag = `${name}:1`;
  must(await fixture.engine.slipway(["load"], { stdin: dockerArchive({ tag, layers }) }));
  return tag;
}

async function differences(from: string, to: string): Promise<ImageDifference[]> {
  const lines = (await slipway("image", "diff", "--format", "json", from, to)).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as ImageDifference);
}

const base: TarEntry[] = [
  { name: "etc", type: "5" },
  { name: "etc/kept", data: "same" },
  { name: "etc/changed", data: "before" },
  { name: "etc/removed", data: "x".repeat(100) },
  { name: "link", type: "2", link: "etc/kept" },
  { name: "opt", type: "5" },
  { name: "opt/deep", type: "5" },
  { name: "opt/deep/one", data: "1" },
  { name: "opt/deep/two", data: "22" },
];

describe("image diff", () => {
  test("of images on a common base: added, changed, removed, in the order of their paths", async () => {
    const from = await load(uniqueName("base"), base);
    const to = await load(uniqueName("top"), base, [
      { name: "etc", type: "5" },
      { name: "etc/.wh.removed" },
      { name: "etc/added", data: "12345" },
      { name: "etc/changed", data: "after, and longer" },
      { name: "etc/kept", data: "same" },
      { name: "link", type: "2", link: "etc/changed" },
      { name: "opt", type: "5" },
      { name: "opt/deep", type: "5" },
      { name: "opt/deep/.wh..wh..opq" },
      { name: "opt/deep/two", data: "22" },
      { name: "opt/deep/script", data: "#!", mode: 0o755 },
      { name: "new", type: "5" },
      { name: "new/file", data: "abc" },
    ]);
    const there: ImageDifference[] = [
      { Path: "/etc/added", Kind: 1, Type: "file", To: 5 },
      { Path: "/etc/changed", Kind: 0, Type: "file", From: 6, To: 17, Changes: ["content"] },
      { Path: "/etc/removed", Kind: 2, Type: "file", From: 100 },
      { Path: "/link", Kind: 0, Type: "symlink", Changes: ["target"] },
      { Path: "/new", Kind: 1, Type: "directory" },
      { Path: "/new/file", Kind: 1, Type: "file", To: 3 },
      { Path: "/opt/deep/one", Kind: 2, Type: "file", From: 1 },
      { Path: "/opt/deep/script", Kind: 1, Type: "file", To: 2 },
    ];
    expect(await differences(from, to)).toEqual(there);
    const back = (await differences(to, from)).map(({ Path, Kind }) => `${Kind} ${Path}`);
    expect(back).toEqual(there.map(({ Path, Kind }) => `${[0, 2, 1][Kind]} ${Path}`));
    const text = await slipway("image", "diff", from, to);
    expect(text.split("\n")).toEqual([
      "A       5B  /etc/added",
      "C     +11B  /etc/changed",
      "D     100B  /etc/removed",
      "C           /link  (target)",
      "A           /new/",
      "A       3B  /new/file",
      "D       1B  /opt/deep/one",
      "A       2B  /opt/deep/script",
      "4 added (+10B), 2 changed (+11B), 2 removed (-101B), together -80B",
    ]);
    expect(await slipway("image", "diff", "--summary", from, from)).toBe("no differences");
    await slipway("rmi", from, to);
  });

  test("of images that share nothing: by content, mode and owner, not by times or layers", async () => {
    const one = await load(uniqueName("one"), [
      { name: "a", data: "same" },
      { name: "b", data: "same" },
    ]);
    const other = await load(
      uniqueName("other"),
      [{ name: "a", data: "overwritten" }],
      [
        { name: "a", data: "same" },
        { name: "b", data: "s4me", mode: 0o600 },
        { name: "c", type: "5" },
      ],
    );
    expect(await differences(one, other)).toEqual([
      { Path: "/b", Kind: 0, Type: "file", From: 4, To: 4, Changes: ["content", "mode"] },
      { Path: "/c", Kind: 1, Type: "directory" },
    ]);
    await slipway("rmi", one, other);
  });

  test("a file in a directory's place", async () => {
    const one = await load(uniqueName("one"), [
      { name: "x", type: "5" },
      { name: "x/y", data: "1" },
    ]);
    const other = await load(uniqueName("other"), [{ name: "x", data: "file" }]);
    expect(await differences(one, other)).toEqual([
      { Path: "/x", Kind: 0, Type: "file", To: 4, Changes: ["type"] },
      { Path: "/x/y", Kind: 2, Type: "file", From: 1 },
    ]);
    await slipway("rmi", one, other);
  });

  test("names that would disturb a terminal are quoted; an image that is not there is an error", async () => {
    const one = await load(uniqueName("one"), [{ name: "a", data: "" }]);
    const other = await load(uniqueName("other"), [
      { name: "a", data: "" },
      { name: "b\x1b[2Jc", data: "" },
    ]);
    expect(await slipway("image", "diff", one, other)).toContain('"/b\\u001b[2Jc"');
    expect(await fixture.engine.slipway(["image", "diff", one, "nowhere"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("No such image: nowhere:latest"),
    });
    await slipway("rmi", one, other);
  });
});

describe("image tree", () => {
  test("shows which images share which layers", async () => {
    const files = (name: string, size: number): TarEntry[] => [{ name, data: "x".repeat(size) }];
    const below = files("below", 3000);
    const app = uniqueName("app");
    const one = await load(app, below, files("one", 500), files("two", 500));
    const other = await load(uniqueName("other"), below, files("other", 2000));
    const alone = await load(uniqueName("alone"), below);
    await slipway("tag", one, `${app}:latest`);
    const tree = JSON.parse(await slipway("image", "tree", "--format", "json")) as ImageTree;
    expect(tree).toMatchObject({ Shared: 3000 });
    const shared = tree.Roots[0] as ImageTreeNode;
    expect(shared).toMatchObject({ Size: 3000, ImageCount: 3, Images: [{ Names: [alone] }] });
    expect(shared.Children.map(({ Size, Children }) => [Size, Children.length])).toEqual([
      [2000, 0],
      [500, 1],
    ]);
    const top = shared.Children[1]?.Children[0] as ImageTreeNode;
    expect(top.Images).toMatchObject([{ Names: [one, `${app}:latest`], Size: 4000, UniqueSize: 1000 }]);
    const id = (node: ImageTreeNode) => node.ChainId.slice("sha256:".length).slice(0, 12);
    const lines = (await slipway("image", "tree"))
      .split("\n")
      .map((line) => line.replace(/ {2,}(= )? *[\d.]+k?M?B$/, " | $1"));
    expect(lines.slice(0, 6)).toEqual([
      `${id(shared)}  shared by 3 | `,
      `├─ ▪ ${alone} | = `,
      `├─ ${id(shared.Children[0] as ImageTreeNode)} | `,
      `│  └─ ▪ ${other} | = `,
      `└─ ${id(top)}  2 layers | `,
      `   └─ ▪ ${one}, ${app}:latest | = `,
    ]);
    expect((await slipway("image", "tree", "--layers")).split("\n").length).toBe(lines.length + 1);
    using terminal = new Terminal([slipwayPath, "-H", fixture.engine.host, "image", "tree"], { columns: 30 });
    expect(await terminal.exited()).toBe(0);
    await terminal.shows("of one image each");
    const drawn = terminal.output.split(/\r?\n/).filter((line) => line.includes("─"));
    expect(drawn.length).toBeGreaterThan(4);
    expect(Math.max(...drawn.map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(30);
    await slipway("rmi", "-f", one, `${app}:latest`, other, alone);
  });

  test("takes no template", async () => {
    const result = await command([slipwayPath, "image", "tree", "--format", "table {{.ID}}"]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("use --format json") });
  });
});
