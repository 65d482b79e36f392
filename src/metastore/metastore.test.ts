import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SlipwayError } from "../errors/index.ts";
import { removeScratch, scratchDirectory } from "../os/testing.ts";
import { Metastore } from "./index.ts";

afterAll(removeScratch);

interface Thing {
  size: number;
}

let directory: string;
let store: Metastore;

beforeEach(() => {
  directory = scratchDirectory("metastore");
  store = Metastore.open(join(directory, "deep", "state.db"));
});

afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

test("documents are found by key and by name", () => {
  const things = store.table<Thing>("things");
  things.put("a", { size: 1 }, ["first", "one"]);
  expect(things.get("a")).toEqual({ size: 1 });
  expect(things.byName("one")).toEqual({ key: "a", value: { size: 1 } });
  expect(things.names("a")).toEqual(["first", "one"]);
  expect(things.get("b")).toBeUndefined();
  expect(store.table<Thing>("others").get("a")).toBeUndefined();
});

test("a put without names keeps them, one with names replaces them", () => {
  const things = store.table<Thing>("things");
  things.put("a", { size: 1 }, ["one"]);
  things.put("a", { size: 2 });
  expect(things.byName("one")?.value.size).toBe(2);
  things.put("a", { size: 3 }, ["uno"]);
  expect(things.byName("one")).toBeUndefined();
  expect(things.byName("uno")?.key).toBe("a");
});

test("a name that is taken is a conflict and changes nothing", () => {
  const things = store.table<Thing>("things");
  things.put("a", { size: 1 }, ["one"]);
  const attempt = () => things.put("b", { size: 2 }, ["two", "one"]);
  expect(attempt).toThrow(SlipwayError);
  expect(things.get("b")).toBeUndefined();
  expect(things.byName("two")).toBeUndefined();
});

test("delete frees the names", () => {
  const things = store.table<Thing>("things");
  things.put("a", { size: 1 }, ["one"]);
  expect(things.delete("a")).toBe(true);
  expect(things.delete("a")).toBe(false);
  things.put("b", { size: 2 }, ["one"]);
  expect(things.all()).toEqual([{ key: "b", value: { size: 2 } }]);
});

test("a transaction that throws leaves nothing, also through a nested one", () => {
  const things = store.table<Thing>("things");
  expect(() =>
    store.transaction(() => {
      things.put("a", { size: 1 });
      store.transaction(() => things.put("b", { size: 2 }));
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(things.all()).toEqual([]);
});

test("a killed process leaves whole transactions only", async () => {
  const path = join(directory, "crash.db");
  const script = `
    const { Metastore } = await import(${JSON.stringify(join(import.meta.dir, "index.ts"))});
    const store = Metastore.open(${JSON.stringify(path)});
    const left = store.table("left"), right = store.table("right");
    for (let i = 0; ; i++) {
      store.transaction(() => { left.put("n", { i }); right.put("n", { i }); });
      console.log(i);
    }`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  let acknowledged = -1;
  for await (const chunk of child.stdout) {
    acknowledged = Number(new TextDecoder().decode(chunk).trim().split("\n").at(-1));
    if (acknowledged >= 20) break;
  }
  child.kill("SIGKILL");
  await child.exited;
  const reopened = Metastore.open(path);
  const left = reopened.table<{ i: number }>("left").get("n");
  const right = reopened.table<{ i: number }>("right").get("n");
  reopened.close();
  expect(left).toEqual(right);
  expect(left?.i).toBeGreaterThanOrEqual(acknowledged);
});

test("on a full disk the reserve lets records be written and removed, and the error then says what to do", async () => {
  const directory = scratchDirectory("full");
  await Bun.$`mount -t tmpfs -o size=8m tmpfs ${directory}`;
  try {
    const store = Metastore.open(join(directory, "state.db"));
    const table = store.table<string>("things");
    await Bun.$`dd if=/dev/zero of=${join(directory, "filler")} bs=64k`.nothrow().quiet();
    // The write-ahead log grows with every commit, whatever room it was given before.
    for (let number = 0; number < 8; number++) table.put(`key${number}`, "x".repeat(100_000));
    expect(table.get("key7")?.length).toBe(100_000);
    const fill = () => {
      for (let number = 0; number < 1000; number++) table.put(`more${number}`, "x".repeat(100_000));
    };
    expect(fill).toThrow("no space left on the disk of the data root");
    expect(table.get("key0")?.length).toBe(100_000);
    store.close();
  } finally {
    await Bun.$`umount --lazy ${directory}`;
  }
});
