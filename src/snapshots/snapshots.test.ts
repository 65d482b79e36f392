import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type FileSystemMount, mount, unmount } from "../os/mount.ts";
import { readMountInfo } from "../os/mountinfo.ts";
import { Snapshotter } from "./index.ts";

let base: string;
let root: string;
let target: string;
beforeEach(() => {
  base = mkdtempSync("/tmp/slipway-snapshots-");
  root = join(base, "s");
  target = join(base, "mnt");
  mkdirSync(target);
});
afterEach(() => {
  while (unmount(target));
  rmSync(base, { recursive: true });
});

async function committed(
  snapshots: Snapshotter,
  chain: string,
  parent: string | undefined,
  file: string,
): Promise<void> {
  await snapshots.prepare("unpack", parent);
  writeFileSync(join(snapshots.directory("unpack"), file), chain);
  await snapshots.commit("unpack", chain);
}

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

test("layers are stacked and a container writes on top", async () => {
  const snapshots = await Snapshotter.open(root);
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
  const first = await Snapshotter.open(root);
  await committed(first, "one", undefined, "a");
  await first.prepare("container", "one");
  mkdirSync(join(root, "new-zz/fs"), { recursive: true });
  mkdirSync(join(root, "old-zy/fs"), { recursive: true });
  const second = await Snapshotter.open(root);
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
  const snapshots = await Snapshotter.open(root);
  mounted(await snapshots.prepare("container"), () => writeFileSync(join(target, "f"), "1"));
  expect(readFileSync(join(snapshots.directory("container"), "f"), "utf8")).toBe("1");
  mounted(await snapshots.view("view"), () =>
    expect(() => writeFileSync(join(target, "f"), "1")).toThrow("EROFS"),
  );
});

test("a volatile container can be mounted again", async () => {
  const snapshots = await Snapshotter.open(root);
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
  const snapshots = await Snapshotter.open(join(base, "a".repeat(40)));
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

test("layers made in any order get their places when they are committed", async () => {
  const snapshots = await Snapshotter.open(root);
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
  const reopened = await Snapshotter.open(root);
  expect(reopened.stat("chain-2")).toMatchObject({ kind: "committed", parent: "chain-1" });
  expect(mounted(reopened.mounts("chain-2"), () => readdirSync(target).sort())).toEqual(["lower", "upper"]);
  await expect(reopened.remove("chain-1")).rejects.toMatchObject({ kind: "conflict" });
});
