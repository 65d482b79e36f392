import { expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { Folder } from "../../support/folder.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";
import { type TarEntry, tar } from "../../support/tar.ts";

const fixture = withEngine();
const digest = (data: Uint8Array) => new Bun.CryptoHasher("sha256").update(data).digest("hex");

/** A Docker archive of one layer; what is damaged is the caller's choice. */
function archive(
  layer: Buffer,
  changes: { diffId?: string; tag?: string; omitLayer?: boolean } = {},
): Buffer {
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Cmd: ["/bin/x"] },
      rootfs: { type: "layers", diff_ids: [`sha256:${changes.diffId ?? digest(layer)}`] },
    }),
  );
  const manifest = [
    { Config: `${digest(config)}.json`, RepoTags: [changes.tag ?? "damaged:1"], Layers: ["layer/layer.tar"] },
  ];
  const entries: TarEntry[] = [{ name: `${digest(config)}.json`, data: config }];
  if (changes.omitLayer !== true) entries.push({ name: "layer/layer.tar", data: layer });
  entries.push({ name: "manifest.json", data: JSON.stringify(manifest) });
  return tar(entries);
}

throughBoth("load of a damaged archive", fixture, (line) => {
  const { call, ok } = line;

  async function refused(data: Uint8Array): Promise<string> {
    const before = await ok(["images", "-a", "--no-trunc", "--format", "{{.ID}}"]);
    const result = await call(["load"], { stdin: data });
    expect(result.code).toBe(1);
    expect(result.stderr.trim()).not.toBe("");
    expect(await ok(["images", "-a", "--no-trunc", "--format", "{{.ID}}"])).toBe(before);
    return result.stderr;
  }

  const sound = tar([{ name: "file", data: "content" }]);

  test("(a sound one loads)", async () => {
    const tag = `${uniqueName("sound")}:1`;
    expect(await ok(["load"], { stdin: archive(sound, { tag }) })).toContain(`Loaded image: ${tag}`);
    await ok(["rmi", tag]);
  });

  test("truncated", async () => {
    const whole = archive(tar([{ name: "file", data: "content".repeat(10_000) }]));
    for (const part of [0.1, 0.5, 0.9]) await refused(whole.subarray(0, Math.floor(whole.length * part)));
  });

  test("no archive at all, and an empty one", async () => {
    await refused(Buffer.from("plain text, no archive\n".repeat(200)));
    await refused(tar([]));
    await refused(tar([{ name: "some-file", data: "x" }]));
  });

  test("a layer that is not what its digest says", async () => {
    const words = await refused(archive(sound, { diffId: digest(Buffer.from("something else")) }));
    expect(words).toContain(digest(Buffer.from("something else")).slice(0, 12));
  });

  test("a layer that is missing", async () => {
    expect(await refused(archive(sound, { omitLayer: true }))).toContain("layer/layer.tar");
  });

  test("a manifest that is no JSON", async () => {
    expect(await refused(tar([{ name: "manifest.json", data: "[{" }]))).toContain("manifest.json");
  });

  test("names that lead out of the archive", async () => {
    using outside = new Folder();
    writeFileSync(outside.join("config"), "{}");
    const manifest = [{ Config: `../../../../../../..${outside.join("config")}`, RepoTags: [], Layers: [] }];
    await refused(tar([{ name: "manifest.json", data: JSON.stringify(manifest) }]));
    const linked = [{ Config: "config.json", RepoTags: [], Layers: [] }];
    await refused(
      tar([
        { name: "config.json", type: "2", link: outside.join("config") },
        { name: "manifest.json", data: JSON.stringify(linked) },
      ]),
    );
  });

  test("layers that plant links never write outside their snapshot", async () => {
    using outside = new Folder();
    writeFileSync(outside.join("kept"), "kept");
    const up = "../../../../../../../../../..";
    const attacks: TarEntry[][] = [
      [{ name: `${up}${outside.path}/a`, data: "x" }],
      [{ name: `${outside.path}/b`, data: "x" }],
      [
        { name: "dir", type: "2", link: outside.path },
        { name: "dir/c", data: "x" },
      ],
      [
        { name: "one", type: "2", link: `${up}${outside.path}` },
        { name: "two", type: "2", link: "one" },
        { name: "two/d", data: "x" },
      ],
      [
        { name: "hard", type: "1", link: `${up}${outside.join("kept")}` },
        { name: "hard", data: "overwritten" },
      ],
      [
        { name: "dir", type: "2", link: outside.path },
        { name: "dir/.wh.kept", data: "" },
      ],
      [
        { name: "dir", type: "2", link: outside.path },
        { name: "dir/.wh..wh..opq", data: "" },
      ],
    ];
    for (const [index, entries] of attacks.entries()) {
      const tag = `${uniqueName("attack")}:${index}`;
      const result = await call(["load"], { stdin: archive(tar(entries), { tag }) });
      if (result.code === 0) await ok(["rmi", tag]);
      expect(readdirSync(outside.path)).toEqual(["kept"]);
      expect(await Bun.file(outside.join("kept")).text()).toBe("kept");
    }
    expect(existsSync("/a")).toBe(false);
  });

  test("a bomb is stopped by what its header promises", async () => {
    // A header that claims eight gigabytes and has none.
    const bomb = tar([{ name: "huge", data: "" }]);
    bomb.write("77777777777\0", 124, "latin1");
    bomb.write("        ", 148, "latin1");
    const sum = bomb.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bomb.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    await refused(archive(bomb));
  });
});

test("the engine has nothing left of what it refused", async () => {
  const { engine } = fixture;
  const size = async () =>
    Number(
      ((await (await engine.fetch("/system/df?type=image")).json()) as { LayersSize: number }).LayersSize,
    );
  const before = await size();
  for (let index = 0; index < 3; index++) {
    const layer = tar([{ name: "file", data: `${index}`.repeat(500_000) }]);
    const result = await engine.slipway(["load"], {
      stdin: archive(layer, { diffId: digest(Buffer.from("x")) }),
    });
    expect(result.code).toBe(1);
  }
  expect(await size()).toBe(before);
  const files =
    await Bun.$`find ${engine.dataRoot} -size +400k -newermt ${new Date(Date.now() - 5000).toISOString()} -type f`.text();
  expect(files.split("\n").filter((file) => file !== "" && !/\.db(-wal)?$/.test(file))).toEqual([]);
});
