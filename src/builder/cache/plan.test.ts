import { expect, test } from "bun:test";
import { digestOf } from "../../oci/digest.ts";
import type { CacheItem } from "./item.ts";
import { bytesToKeep, planPrune } from "./plan.ts";

const all = { reserved: 0, maxUsed: 0, minFree: 0 };

function item(id: string, changes: Partial<CacheItem> & { chain?: readonly string[] } = {}): CacheItem {
  const { chain = [id], ...rest } = changes;
  return {
    ...{ id, parents: [], type: "regular", description: id, inUse: false, shared: false },
    ...{ size: 10, createdAt: 0, lastUsedAt: 0, usageCount: 1 },
    layers: chain.map((name) => ({ chainID: digestOf(name), size: 10 })),
    ...rest,
  };
}

const plan = (items: readonly CacheItem[], keep = all, chosen: (item: CacheItem) => boolean = () => true) =>
  planPrune(items, { chosen, keep, free: 0 }).items.map(({ id }) => id);

test("everything goes, what lies on others before them", () => {
  const base = item("base");
  const left = item("left", { parents: ["base"], chain: ["base", "left"] });
  const top = item("top", { parents: ["left"], chain: ["base", "left", "top"] });
  expect(plan([base, left, top])).toEqual(["top", "left", "base"]);
});

test("what is in use, and what it lies on, stays", () => {
  const base = item("base");
  const used = item("used", { parents: ["base"], inUse: true });
  expect(plan([base, used, item("other")])).toEqual(["other"]);
});

test("what is not chosen stays with what it lies on", () => {
  const base = item("base");
  const kept = item("kept", { parents: ["base"], type: "internal" });
  expect(plan([base, kept], all, ({ type }) => type === "regular")).toEqual([]);
});

test("the oldest go until what is left is small enough", () => {
  const items = ["a", "b", "c", "d"].map((id) => item(id));
  expect(plan(items, { ...all, maxUsed: 25 })).toEqual(["a", "b"]);
  expect(plan(items, { ...all, reserved: 40 })).toEqual([]);
});

test("a layer that several records have is free when the last of them goes", () => {
  const [one, two] = [item("one", { chain: ["x"] }), item("two", { chain: ["x"] })];
  expect(plan([one, two, item("three")], { ...all, maxUsed: 15 })).toEqual(["one", "two"]);
});

test("directories count with their size", () => {
  const directory = { name: "d", id: "d", created: 0, lastUsed: 0, inUse: false, path: "/" };
  const mount = item("mount", { chain: [], size: 100, directory });
  expect(plan([item("a"), mount, item("b")], { ...all, maxUsed: 50 })).toEqual(["a", "mount"]);
});

test("how much may be kept", () => {
  const keep = (reserved: number, maxUsed: number, minFree: number, free: number) =>
    bytesToKeep(1000, { reserved, maxUsed, minFree }, free);
  expect(keep(0, 0, 0, 0)).toBe(0);
  expect(keep(500, 0, 0, 0)).toBe(500);
  expect(keep(0, 600, 0, 0)).toBe(600);
  expect(keep(0, 0, 300, 400)).toBe(1000);
  expect(keep(0, 0, 500, 400)).toBe(900);
  expect(keep(0, 600, 900, 100)).toBe(200);
  expect(keep(500, 600, 900, 100)).toBe(500);
  expect(keep(0, 0, 9000, 100)).toBe(1);
});
