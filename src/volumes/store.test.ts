import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../os/testing.ts";
import { VolumeStore } from "./index.ts";

afterAll(removeScratch);

const fresh = () => scratchDirectory("volumes");

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("the condition did not come true within 5 s");
    await Bun.sleep(5);
  }
}

describe("VolumeStore", () => {
  test("what was created is there after a reopening, with its labels and files", () => {
    const root = fresh();
    const store = VolumeStore.open(root);
    store.create({ name: "data", labels: { a: "b" } });
    writeFileSync(join(store.path("data"), "file"), "x");
    const again = VolumeStore.open(root);
    expect(again.get("data").labels).toEqual({ a: "b" });
    expect(again.isEmpty("data")).toBe(false);
  });

  test("an existing name answers the existing volume", () => {
    const store = VolumeStore.open(fresh());
    const first = store.create({ name: "data", labels: { a: "1" } });
    expect(store.create({ name: "data", labels: { a: "2" } })).toBe(first);
  });

  test("a volume without a name gets 64 hex digits", () => {
    expect(VolumeStore.open(fresh()).create({}).name).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(["../escape", "a/b", "", "-dash", "x", ".hidden"].filter((name) => name !== ""))(
    "the name %j is refused",
    (name) => {
      const root = fresh();
      expect(() => VolumeStore.open(root).create({ name })).toThrow();
      expect(readdirSync(root)).toEqual([]);
    },
  );

  test("removal forgets at once and deletes the files behind", async () => {
    const root = fresh();
    const store = VolumeStore.open(root);
    store.create({ name: "data" });
    store.remove("data");
    expect(store.find("data")).toBeUndefined();
    await until(() => readdirSync(root).length === 0);
  });

  test("what an interrupted creation or removal left is deleted at the next opening", async () => {
    const root = fresh();
    mkdirSync(join(root, ".new-1234", "_data"), { recursive: true });
    mkdirSync(join(root, ".removed-1234", "_data"), { recursive: true });
    expect(VolumeStore.open(root).list()).toEqual([]);
    await until(() => readdirSync(root).length === 0);
  });

  test("a foreign directory is neither a volume nor touched", () => {
    const root = fresh();
    mkdirSync(join(root, "foreign"));
    expect(VolumeStore.open(root).list()).toEqual([]);
    expect(existsSync(join(root, "foreign"))).toBe(true);
  });
});
