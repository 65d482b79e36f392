import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { measureLayer } from "../../../layers/index.ts";
import { setXattr } from "../../../os/xattr.ts";
import type { FileOp } from "../../graph/index.ts";
import type { BuiltLayer, Operation, Result } from "../../solver/model.ts";
import { type CopyAction, copyOf, OpBench } from "../testing.ts";
import { fileOperation } from "./index.ts";

setDefaultTimeout(120_000);

type Context = Extract<Result, { kind: "directory" }>;

let bench: OpBench;
let base: Result;

beforeAll(async () => {
  bench = await OpBench.open();
  base = await bench.busybox();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

let contexts = 0;

function context(files: Record<string, string>): Context {
  const path = bench.path(`context-${++contexts}`);
  for (const [name, content] of Object.entries(files)) write(join(path, name), content);
  return { kind: "directory", path, ignore: [] };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A file's next change shows by its times only some time after the last one. */
async function settled({ path }: Context): Promise<void> {
  const changed = () =>
    Math.max(
      ...execFileSync("find", [path, "-printf", "%C@\\n"], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map(Number),
    );
  while (Date.now() < changed() * 1000 + 60) await Bun.sleep(5);
}

const copying = (changes: Partial<CopyAction>): FileOp => ({
  kind: "file",
  time: 315_532_800,
  actions: [copyOf(changes)],
});

interface Made {
  readonly upper: string;
  readonly layer: BuiltLayer;
}

const opened = () =>
  fileOperation(bench.rooms, { of: () => Promise.reject(new Error("no key is asked for")) });

async function copied(
  from: Context,
  changes: Partial<CopyAction> = {},
  on = base,
  file = opened(),
): Promise<Made> {
  await settled(from);
  const result = await bench.run(file, copying(changes), [on, from]);
  const layer = result.kind === "layers" ? result.layers.at(-1) : undefined;
  // What the layer is said to be, it is.
  expect(layer?.diffID).toBe((await measureLayer(bench.upper(result))).diffID);
  return { upper: bench.upper(result), layer: layer as BuiltLayer };
}

/** As with `--no-cache`. */
async function anew(file: Operation<FileOp>, from: Context): Promise<Made> {
  await settled(from);
  const { vertex, ...job } = bench.job();
  const options = { ...job, vertex: { ...vertex, ignoreCache: true } };
  const result = await file.run(copying({}), [base, from], options);
  const layer = result.kind === "layers" ? result.layers.at(-1) : undefined;
  return { upper: bench.upper(result), layer: layer as BuiltLayer };
}

const inode = (made: Made, name: string) => lstatSync(join(made.upper, "out", name)).ino;
const text = (made: Made, name: string) => readFileSync(join(made.upper, "out", name), "utf8");

/** Which of the names are the same files in both. */
const shared = (one: Made, other: Made, names: string[]) =>
  names.filter((name) => inode(one, name) === inode(other, name));

test("after a change, what did not change is the same files; what changed is not", async () => {
  const file = opened();
  const from = context({ "a/one": "1", "a/two": "2", three: "3" });
  const first = await copied(from, {}, base, file);
  appendFileSync(join(from.path, "a/one"), "more");
  const second = await copied(from, {}, base, file);
  expect(shared(first, second, ["a/one", "a/two", "three"])).toEqual(["a/two", "three"]);
  expect([text(first, "a/one"), text(second, "a/one")]).toEqual(["1", "1more"]);
  expect(lstatSync(join(second.upper, "out/a")).mtimeMs).toBe(statSync(join(from.path, "a")).mtimeMs);
  // Copied without the earlier one it is the same layer.
  expect((await anew(file, from)).layer.diffID).toBe(second.layer.diffID);
});

test("a file with other permissions, times or attributes is copied", async () => {
  const file = opened();
  const from = context({ mode: "1", time: "2", attribute: "3", same: "4" });
  const first = await copied(from, {}, base, file);
  chmodSync(join(from.path, "mode"), 0o755);
  utimesSync(join(from.path, "time"), 1000, 1000);
  setXattr(join(from.path, "attribute"), "user.a", Buffer.from("b"));
  const second = await copied(from, {}, base, file);
  expect(shared(first, second, ["mode", "time", "attribute", "same"])).toEqual(["same"]);
  expect(lstatSync(join(first.upper, "out/mode")).mode & 0o777).toBe(0o644);
  expect(lstatSync(join(first.upper, "out/time")).mtimeMs).not.toBe(1_000_000);
});

test("files that came, went and became something else", async () => {
  const file = opened();
  const from = context({ gone: "1", "dir/in": "2", link: "3", same: "4" });
  const first = await copied(from, {}, base, file);
  for (const name of ["gone", "dir", "link"]) rmSync(join(from.path, name), { recursive: true });
  write(join(from.path, "dir"), "a file now");
  symlinkSync("same", join(from.path, "link"));
  write(join(from.path, "new/file"), "5");
  const second = await copied(from, {}, base, file);
  expect(readdirSync(join(second.upper, "out")).sort()).toEqual(["dir", "link", "new", "same"]);
  expect(lstatSync(join(second.upper, "out/link")).isSymbolicLink()).toBe(true);
  expect(shared(first, second, ["same"])).toEqual(["same"]);
});

test("on another layer below, over files that are there, and by several sources", async () => {
  const file = opened();
  const from = context({ "a/same": "1", "a/both": "of a", "b/both": "of b", "a/in/deep": "2" });
  const changes = { sources: ["/a", "/b"], intoDirectory: true };
  const first = await copied(from, changes, base, file);
  expect(text(first, "both")).toBe("of b");
  const below = base.kind === "layers" ? base.layers : [];
  const there = await bench.layer(below, (root) => {
    mkdirSync(join(root, "out"));
    writeFileSync(join(root, "out/same"), "in the way");
  });
  const on: Result = { kind: "layers", layers: [...below, there] };
  const second = await copied(from, changes, on, file);
  expect([text(second, "same"), text(second, "both")]).toEqual(["1", "of b"]);
  expect(shared(first, second, ["same", "both", "in/deep"])).toEqual(["in/deep"]);
});

test("without the cache, and once its layer is gone, all is copied", async () => {
  const file = opened();
  const from = context({ one: "1", two: "2" });
  const first = await copied(from, {}, base, file);
  writeFileSync(join(from.path, "one"), "other");
  await settled(from);
  const second = await anew(file, from);
  expect(shared(first, second, ["two"])).toEqual([]);
  await bench.rooms.images.pending.written([second.layer.chainID]);
  await bench.rooms.images.snapshots.remove(second.layer.chainID);
  writeFileSync(join(from.path, "one"), "another");
  const third = await copied(from, {}, base, file);
  expect([text(third, "one"), text(third, "two")]).toEqual(["another", "2"]);
});

const records = () => {
  const root = join(bench.rooms.images.dataRoot, "build/copies");
  return readdirSync(root).map((name) => join(root, name));
};

test("a record that is damaged, or of another layer, is not believed", async () => {
  const file = opened();
  const from = context({ one: "1", two: "2" });
  const before = records();
  const first = await copied(from, {}, base, file);
  while (records().length === before.length || records().some((name) => name.endsWith(".new")))
    await Bun.sleep(5);
  for (const name of records()) truncateSync(name, 90);
  writeFileSync(join(from.path, "one"), "other");
  const second = await copied(from, {}, base, file);
  expect(shared(first, second, ["two"])).toEqual([]);
  // It was written anew.
  writeFileSync(join(from.path, "one"), "another");
  expect(shared(second, await copied(from, {}, base, file), ["two"])).toEqual(["two"]);
});

test("the digest of a large layer goes on from where it is the earlier one's", async () => {
  const file = opened();
  const names = Array.from({ length: 12 }, (_, at) => `f${String(at).padStart(2, "0")}`);
  const content = (at: number) => Buffer.alloc(1_500_000, at + 1).toString("latin1");
  const from = context(Object.fromEntries(names.map((name, at) => [name, content(at)])));
  await copied(from, {}, base, file);
  for (const changed of ["f11", "f00", "f05", "f05"]) {
    appendFileSync(join(from.path, changed), "more");
    const { layer } = await copied(from, {}, base, file);
    expect(layer.size).toBeGreaterThan(12 * 1_500_000);
  }
});

test("a file that can get no further name is copied from the earlier layer", async () => {
  const file = opened();
  const from = context({ many: "1", changed: "2" });
  const first = await copied(from, {}, base, file);
  // As many names as the file system has for it; with fewer, none is missing.
  const names = bench.path("names");
  mkdirSync(names);
  let full = false;
  for (let at = 0; at < 70_000 && !full; at++) {
    try {
      linkSync(join(first.upper, "out/many"), join(names, String(at)));
    } catch (error) {
      expect(error).toMatchObject({ code: "EMLINK" });
      full = true;
    }
  }
  writeFileSync(join(from.path, "changed"), "3");
  const second = await copied(from, {}, base, file);
  expect(shared(first, second, ["many"])).toEqual(full ? [] : ["many"]);
  expect(text(second, "many")).toBe("1");
  expect(lstatSync(join(second.upper, "out/many")).mtimeMs).toBe(
    lstatSync(join(first.upper, "out/many")).mtimeMs,
  );
});
