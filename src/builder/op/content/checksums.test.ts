import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../../oci/digest.ts";
import { setXattr } from "../../../os/xattr.ts";
import type { Result } from "../../solver/model.ts";
import { OpBench } from "../testing.ts";
import { ContentChecksums } from "./checksums.ts";
import { measure } from "./measure.ts";
import type { Selection } from "./model.ts";
import type { ChecksumRequest } from "./request.ts";

setDefaultTimeout(60_000);

let bench: OpBench;
let checksums: ContentChecksums;
const { signal } = new AbortController();

beforeAll(async () => {
  bench = await OpBench.open();
  checksums = new ContentChecksums(bench.rooms);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

let made = 0;

function directory(ignore: string[] = []) {
  const path = bench.path(`tree-${++made}`);
  mkdirSync(join(path, "src/deep"), { recursive: true });
  for (const name of ["a.js", "src/b.js", "src/deep/c.js", "src/d.md"]) writeFileSync(join(path, name), name);
  return { kind: "directory", path, ignore } satisfies Result;
}

const of = (tree: Result | undefined, changes: Partial<Selection> = {}): Promise<Digest> =>
  checksums.of(tree, { sources: ["/"], exclude: [], ...changes }, signal);

test("content and looks change a checksum, times and places do not", async () => {
  const tree = directory();
  const first = await of(tree);
  expect(await of(tree)).toBe(first);
  const { path } = tree;
  utimesSync(join(path, "a.js"), 1, 1);
  const other = bench.path("copy");
  cpSync(path, other, { recursive: true });
  expect(await of(tree)).toBe(first);
  expect(await of({ ...tree, path: other })).toBe(first);
  Bun.spawnSync(["chown", "-R", "1000:1000", path]);
  expect(await of(tree)).toBe(first);
  const seen = new Set([first]);
  const changed = async (change: () => void) => {
    change();
    const next = await of(tree);
    expect([...seen]).not.toContain(next);
    seen.add(next);
  };
  await changed(() => appendFileSync(join(path, "a.js"), "1"));
  await changed(() => chmodSync(join(path, "src/b.js"), 0o755));
  await changed(() => renameSync(join(path, "src/b.js"), join(path, "src/b2.js")));
  await changed(() => symlinkSync("a.js", join(path, "link")));
  await changed(() => mkdirSync(join(path, "empty")));
  await changed(() => setXattr(join(path, "a.js"), "user.note", Buffer.from("1")));
  await changed(() => rmSync(join(path, "link")));
});

test("a file that changes within a tick, to the same size and time, is seen", async () => {
  const tree = directory();
  const file = join(tree.path, "a.js");
  const seen = new Set<Digest>();
  for (let count = 0; count < 5; count++) {
    writeFileSync(file, `a.j${count}`);
    utimesSync(file, 1000, 1000);
    seen.add(await of(tree));
  }
  expect(seen.size).toBe(5);
});

async function measured(request: ChecksumRequest): Promise<Digest[]> {
  const { told: digests, ended } = measure(request, signal);
  await ended;
  return await digests;
}

test("only files that changed are read again, and an index that is damaged is made anew", async () => {
  const { path } = directory();
  const index = bench.path("index");
  const request = {
    tree: { root: path, ignore: [], foreign: true },
    selections: [{ sources: ["/"], exclude: [] }],
    index,
  };
  const isSettled = () => Date.now() - statSync(join(path, "src/d.md")).ctimeMs > 100;
  while (!isSettled()) await Bun.sleep(5);
  const [first] = await measured(request);
  const before = statSync(index);
  expect(await measured(request)).toEqual([first as Digest]);
  expect(statSync(index).mtimeMs).toBe(before.mtimeMs);
  truncateSync(index, before.size - 100);
  expect(await measured(request)).toEqual([first as Digest]);
  writeFileSync(index, Buffer.alloc(before.size, 255));
  expect(await measured(request)).toEqual([first as Digest]);
  expect(statSync(index).size).toBe(before.size);
});

test("a selection is a checksum of what it takes, and of nothing else", async () => {
  const tree = directory();
  const selections: Partial<Selection>[] = [
    { sources: ["/src/b.js"] },
    { sources: ["/src/*.js"] },
    { sources: ["/src"], exclude: ["**/*.md"] },
    { sources: ["/src/./deep/c.js"], parents: true },
  ];
  const all = () => Promise.all(selections.map((selection) => of(tree, selection)));
  const first = await all();
  // The wildcard matches that one file.
  expect(new Set(first).size).toBe(3);
  appendFileSync(join(tree.path, "src/d.md"), "1");
  appendFileSync(join(tree.path, "a.js"), "1");
  expect(await all()).toEqual(first);
  appendFileSync(join(tree.path, "src/deep/c.js"), "1");
  expect(await all()).toEqual([
    first[0],
    first[1],
    expect.not.stringMatching(`${first[2]}`),
    expect.not.stringMatching(`${first[3]}`),
  ]);
  const ignoring = directory(["src/deep", "*.md"]);
  const whole = await of(ignoring);
  appendFileSync(join(ignoring.path, "src/deep/c.js"), "1");
  expect(await of(ignoring)).toBe(whole);
});

test("checksums of layers are remembered, and equal where the files are", async () => {
  const write = (name: string) => (root: string) => {
    mkdirSync(join(root, "out"));
    writeFileSync(join(root, "out/bin"), "program");
    writeFileSync(join(root, name), name);
  };
  const one: Result = { kind: "layers", layers: [await bench.layer([], write("one"))] };
  const two: Result = { kind: "layers", layers: [await bench.layer([], write("two"))] };
  expect(await of(one)).not.toBe(await of(two));
  const out = { sources: ["/out"] };
  const first = await of(one, out);
  expect(await of(two, out)).toBe(first);
  expect(await of(two, { sources: ["/two"] })).not.toBe(await of(two, { sources: ["/one"] }));
  const layers = one.kind === "layers" ? one.layers : [];
  await bench.rooms.engine.background.drained();
  await bench.rooms.images.pending.written(layers.map(({ chainID }) => chainID));
  await bench.rooms.images.snapshots.remove(layers[0]?.chainID ?? "");
  expect(await new ContentChecksums(bench.rooms).of(one, { sources: ["/out"], exclude: [] }, signal)).toBe(
    first,
  );
  expect(readdirSync(bench.path("run/builds"))).toEqual([]);
});
