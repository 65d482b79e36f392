import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { TarDecoder } from "../archive/index.ts";
import { LayerImage } from "../layers/child/erofs/layer-image.ts";
import { tar } from "../layers/testing.ts";
import { type FileSystemMount, mount, unmount } from "../os/mount.ts";
import { readMountInfo } from "../os/mountinfo.ts";
import { Snapshotter } from "./index.ts";

// Mounting two hundred layers takes a busy machine its time.
setDefaultTimeout(30_000);

let base: string;
let root: string;
let target: string;
let opened: Snapshotter[];
beforeEach(() => {
  base = mkdtempSync("/tmp/slipway-snapshots-");
  root = join(base, "s");
  target = join(base, "mnt");
  mkdirSync(target);
  opened = [];
});
afterEach(() => {
  while (unmount(target));
  for (const snapshots of opened) snapshots.close();
  // Removed snapshots are being deleted at the same time.
  rmSync(base, { recursive: true, force: true });
});

async function open(images: boolean, at = root): Promise<Snapshotter> {
  const snapshots = await Snapshotter.open(at, { images });
  opened.push(snapshots);
  return snapshots;
}

/** A layer with one file, in which its chain ID is. */
async function committed(
  snapshots: Snapshotter,
  chain: string,
  parent: string | undefined,
  file: string,
): Promise<void> {
  const place = await snapshots.prepareLayer("unpack");
  if (typeof place === "string") writeFileSync(join(place, file), chain);
  else {
    const layer = new LayerImage(place, { whiteouts: true }, { isThere: false });
    const bytes = tar({ name: file, content: chain });
    layer.archive(bytes);
    new TarDecoder(layer).write(bytes);
    layer.finish();
  }
  await snapshots.commit("unpack", chain, parent === undefined ? {} : { parent });
}

const imageMounts = () =>
  readMountInfo().filter(({ type, target }) => type === "erofs" && target.startsWith(`${root}/`)).length;

function mounted<T>(mounts: readonly FileSystemMount[], work: () => T): T {
  for (const one of mounts) mount(one, target);
  try {
    return work();
  } finally {
    while (unmount(target));
  }
}

async function gone(path: string): Promise<void> {
  const deadline = Date.now() + 5000;
  while (existsSync(path)) {
    if (Date.now() > deadline) throw new Error(`${path} is still there`);
    await Bun.sleep(5);
  }
}

describe.each([false, true])("with layers as images: %p", (images) => {
  test("layers are stacked and a container writes on top", async () => {
    const snapshots = await open(images);
    await committed(snapshots, "one", undefined, "a");
    await committed(snapshots, "two", "one", "b");
    mounted(await snapshots.prepare("container", "two"), () => {
      expect(readdirSync(target).sort()).toEqual(["a", "b"]);
      writeFileSync(join(target, "c"), "12345");
      rmSync(join(target, "a"));
    });
    expect(readdirSync(snapshots.directory("container")).sort()).toEqual(["a", "c"]);
    expect((await snapshots.usage("container")).size).toBe(5);
    expect(snapshots.lowerDirectories("container")).toEqual([
      snapshots.directory("two"),
      snapshots.directory("one"),
    ]);
    mounted(snapshots.mounts("two"), () => {
      expect(readdirSync(target).sort()).toEqual(["a", "b"]);
      expect(() => writeFileSync(join(target, "x"), "")).toThrow("EROFS");
    });
    await expect(snapshots.remove("two")).rejects.toMatchObject({ kind: "conflict" });
    await expect(snapshots.prepare("container")).rejects.toMatchObject({ kind: "conflict" });
    await expect(snapshots.prepare("other", "container")).rejects.toMatchObject({ kind: "conflict" });
    await expect(snapshots.prepare("other", "three")).rejects.toMatchObject({ kind: "notFound" });
  });

  test("what an engine left is there for the next, and only that", async () => {
    const first = await open(images);
    await committed(first, "one", undefined, "a");
    await first.prepare("container", "one");
    mkdirSync(join(root, "new-zz/fs"), { recursive: true });
    mkdirSync(join(root, "old-zy/fs"), { recursive: true });
    const second = await open(images);
    expect([...second.walk()].map(({ key, kind }) => [key, kind]).sort()).toEqual([
      ["container", "active"],
      ["one", "committed"],
    ]);
    expect(second.stat("container").parent).toBe("one");
    await gone(join(root, "new-zz"));
    await gone(join(root, "old-zy"));
    const directory = second.directory("container");
    await second.remove("container");
    expect(second.has("container")).toBe(false);
    await gone(directory);
    await second.prepare("container", "one");
    expect(second.directory("container")).not.toBe(directory);
  });

  test("an image without layers has an empty, writable root", async () => {
    const snapshots = await open(images);
    mounted(await snapshots.prepare("container"), () => writeFileSync(join(target, "f"), "1"));
    expect(readFileSync(join(snapshots.directory("container"), "f"), "utf8")).toBe("1");
    mounted(await snapshots.view("view"), () =>
      expect(() => writeFileSync(join(target, "f"), "1")).toThrow("EROFS"),
    );
  });

  test("a volatile container can be mounted again", async () => {
    const snapshots = await open(images);
    await committed(snapshots, "one", undefined, "a");
    await snapshots.prepare("container", "one");
    for (const content of ["1", "2"]) {
      mounted(snapshots.mounts("container", { volatile: true }), () =>
        writeFileSync(join(target, "f"), content),
      );
    }
    mounted(snapshots.mounts("container"), () => expect(readFileSync(join(target, "f"), "utf8")).toBe("2"));
  });

  test("more layers than a page of options can name", async () => {
    const snapshots = await open(images, join(base, "a".repeat(40)));
    const count = 200;
    for (let i = 0; i < count; i++)
      await committed(snapshots, `c${i}`, i === 0 ? undefined : `c${i - 1}`, `f${i}`);
    const mounts = await snapshots.prepare("container", `c${count - 1}`);
    mounted(mounts, () => {
      expect(readdirSync(target)).toHaveLength(count);
      writeFileSync(join(target, "f0"), "changed");
      expect(readMountInfo().find((info) => info.target === target)?.type).toBe("overlay");
    });
    expect(readdirSync(snapshots.directory("container"))).toEqual(["f0"]);
  });
});

test("layers made in any order get their places when they are committed", async () => {
  const snapshots = await open(false);
  for (const key of ["upper", "lower"]) {
    await snapshots.prepare(key);
    writeFileSync(join(snapshots.directory(key), key), key);
  }
  await expect(snapshots.commit("upper", "chain-2", { parent: "chain-1" })).rejects.toMatchObject({
    kind: "notFound",
  });
  await Promise.all([
    snapshots.commit("lower", "chain-1", { usage: { size: 5, inodes: 1 } }),
    snapshots.commit("upper", "chain-2", { parent: "chain-1" }),
  ]);
  const reopened = await open(false);
  expect(reopened.stat("chain-2")).toMatchObject({ kind: "committed", parent: "chain-1" });
  expect(mounted(reopened.mounts("chain-2"), () => readdirSync(target).sort())).toEqual(["lower", "upper"]);
  await expect(reopened.remove("chain-1")).rejects.toMatchObject({ kind: "conflict" });
});

test("a commit that is not written is there for this process, and gone with it", async () => {
  const snapshots = await open(false);
  await snapshots.prepare("build-1");
  writeFileSync(join(snapshots.directory("build-1"), "a"), "1");
  await snapshots.commitUnwritten("build-1", "one", { usage: { size: 1, inodes: 1 } });
  await snapshots.prepare("build-2", "one");
  await snapshots.commitUnwritten("build-2", "two");
  expect(mounted(snapshots.mounts("two"), () => readdirSync(target))).toEqual(["a"]);
  expect([snapshots.isUnwritten("two"), await snapshots.complaint("two")]).toEqual([true, undefined]);
  await snapshots.prepare("c", "two");
  await expect(snapshots.commit("c", "three")).rejects.toMatchObject({ kind: "conflict" });
  const next = await open(false);
  expect([...next.walk()].map(({ key, kind }) => [key, kind]).sort()).toEqual([
    ["build-1", "active"],
    ["build-2", "active"],
    ["c", "active"],
  ]);
});

test("written commits survive, those that were removed meanwhile do not come back", async () => {
  const snapshots = await open(false);
  for (const [name, parent] of [["one"], ["two", "one"], ["top", "two"]] as const) {
    await snapshots.prepare(`build-${name}`, parent);
    await snapshots.commitUnwritten(`build-${name}`, name);
  }
  let flushes = 0;
  await snapshots.writeCommits(async () => {
    if (flushes++ === 0) await snapshots.remove("top");
    const meanwhile = await open(false);
    expect(meanwhile.has("two")).toBe(flushes === 2);
  });
  expect([flushes, snapshots.isUnwritten("two"), snapshots.has("top")]).toEqual([2, false, false]);
  expect(await snapshots.complaint("two")).toBeUndefined();
  const next = await open(false);
  expect([...next.walk()].map(({ key, parent }) => [key, parent]).sort()).toEqual([
    ["one", undefined],
    ["two", "one"],
  ]);
});

test("a failed flush leaves the commits for the next attempt", async () => {
  const snapshots = await open(false);
  await snapshots.prepare("build-1");
  await snapshots.commitUnwritten("build-1", "one");
  await expect(snapshots.writeCommits(() => Promise.reject(new Error("EIO")))).rejects.toThrow("EIO");
  expect((await open(false)).has("one")).toBe(false);
  await snapshots.writeCommits(async () => {});
  expect((await open(false)).has("one")).toBe(true);
});

test("images are mounted from their first use to their removal or the end, and nobody's use of one is disturbed", async () => {
  const snapshots = await open(true);
  await committed(snapshots, "one", undefined, "a");
  await committed(snapshots, "two", "one", "b");
  expect(imageMounts()).toBe(0);
  for (const what of await snapshots.prepare("container", "two")) mount(what, target);
  expect(imageMounts()).toBe(2);
  const { dev } = lstatSync(target);
  expect(lstatSync(join(target, "a"))).toMatchObject({ dev, size: 3 });
  // Another engine, after the first was killed.
  const next = await open(true);
  expect(imageMounts()).toBe(0);
  expect(readFileSync(join(target, "a"), "utf8")).toBe("one");
  writeFileSync(join(target, "b"), "changed");
  expect(readdirSync(next.directory("one"))).toEqual(["a"]);
  next.close();
  expect(imageMounts()).toBe(0);
  expect(readFileSync(join(target, "a"), "utf8")).toBe("one");
  while (unmount(target));
  await next.remove("container");
  next.directory("two");
  await next.remove("two");
  expect(imageMounts()).toBe(0);
});

test("layers of both kinds lie on each other, whatever the next are to be", async () => {
  await committed(await open(false), "one", undefined, "a");
  await committed(await open(true), "two", "one", "b");
  const snapshots = await open(false);
  await committed(snapshots, "three", "two", "c");
  mounted(await snapshots.prepare("container", "three"), () => {
    expect(readdirSync(target).sort()).toEqual(["a", "b", "c"]);
    rmSync(join(target, "b"));
  });
  expect(lstatSync(join(snapshots.directory("container"), "b")).isCharacterDevice()).toBe(true);
});

test("a layer whose image is damaged is an error that says so", async () => {
  const snapshots = await open(true);
  await committed(snapshots, "one", undefined, "a");
  const image = join(snapshots.place("one"), "layer.erofs");
  writeFileSync(image, Buffer.alloc(2048));
  expect(() => snapshots.mounts("one")).toThrow(/cannot use a layer.*system check/);
  rmSync(image);
  expect(await snapshots.complaint("one")).toBe("lacks its image");
});
