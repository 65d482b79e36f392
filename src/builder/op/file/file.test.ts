import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { getXattr, setXattr } from "../../../os/xattr.ts";
import type { FileAction, FileOp } from "../../graph/index.ts";
import type { Operation, Result } from "../../solver/model.ts";
import { linkOperation } from "../link.ts";
import { type CopyAction, copyOf, OpBench } from "../testing.ts";
import { fileOperation } from "./index.ts";

setDefaultTimeout(60_000);

let bench: OpBench;
let base: Result;
let file: Operation<FileOp>;
const scratch: Result = { kind: "layers", layers: [] };

beforeAll(async () => {
  bench = await OpBench.open();
  base = await bench.busybox();
  file = fileOperation(bench.rooms, { of: () => Promise.reject(new Error("no key is asked for")) });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

let contexts = 0;

/** A directory with these files; a name that ends with a slash is a directory, `->` makes a link. */
function context(files: Record<string, string>, ignore: string[] = []): Result & { kind: "directory" } {
  const path = bench.path(`context-${++contexts}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    const full = join(path, name);
    mkdirSync(name.endsWith("/") ? full : dirname(full), { recursive: true });
    if (name.endsWith("/")) continue;
    if (content.startsWith("->")) symlinkSync(content.slice(2), full);
    else writeFileSync(full, content);
  }
  execFileSync("chown", ["-hR", "1000:1000", path]);
  return { kind: "directory", path, ignore };
}

async function perform(
  actions: FileAction[],
  inputs: Result[] = [],
  on = base,
): Promise<{ result: Result; upper: string }> {
  const result = await bench.run(file, { kind: "file", actions, time: 315_532_800 }, [on, ...inputs]);
  return { result, upper: bench.upper(result) };
}

const copied = (changes: Partial<CopyAction>, from: Result, on = base) =>
  perform([copyOf(changes)], [from], on);

/** Files of a tree, with links and their targets. */
const tree = (path: string): string[] =>
  execFileSync("find", [path, "-mindepth", "1", "-printf", "%P%l\\n"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .filter(Boolean)
    .sort();

describe("copies", () => {
  test("a directory's contents, as root's, with times and modes; into one that is there, too", async () => {
    const from = context({ "a/b": "1", "a/l": "->b", c: "2" });
    utimesSync(join(from.path, "a/b"), 1000, 1000);
    const { upper } = await copied({}, from);
    expect(tree(upper)).toEqual(["out", "out/a", "out/a/b", "out/a/lb", "out/c"]);
    expect(lstatSync(join(upper, "out/a/b"))).toMatchObject({ uid: 0, gid: 0, mtimeMs: 1_000_000 });
    const etc = await copied({ destination: "/etc" }, from);
    expect(tree(etc.upper)).toEqual(["etc", "etc/a", "etc/a/b", "etc/a/lb", "etc/c"]);
  });

  test("a file as a name, into a directory, and what a link leads to", async () => {
    const from = context({ "dir/file": "1", link: "->dir/file", out: "->../../../../../etc/passwd" });
    expect(tree((await copied({ sources: ["/dir/file"] }, from)).upper)).toEqual(["out"]);
    expect(tree((await copied({ sources: ["/dir/file"], intoDirectory: true }, from)).upper)).toEqual([
      "out",
      "out/file",
    ]);
    expect(tree((await copied({ sources: ["/dir/file"], destination: "/tmp" }, from)).upper)).toEqual([
      "tmp",
      "tmp/file",
    ]);
    const { upper } = await copied({ sources: ["/link"], destination: "/a/b" }, from);
    expect(readFileSync(join(upper, "a/b"), "utf8")).toBe("1");
    expect(lstatSync(join(upper, "a")).mtimeMs).toBe(315_532_800_000);
    // It leads out of the context: there it is nowhere.
    await expect(copied({ sources: ["/out"] }, from)).rejects.toMatchObject({
      kind: "notFound",
      message: '"/out": not found',
    });
  });

  test("wildcards, in the order of names, and none that match", async () => {
    const from = context({ "a1/x.go": "1", "a2/y.go": "2", "b/z.go": "3", "a2/n.txt": "4" });
    const into = { intoDirectory: true };
    expect(tree((await copied({ sources: ["/a*/?.go"], ...into }, from)).upper)).toEqual([
      "out",
      "out/x.go",
      "out/y.go",
    ]);
    expect(tree((await copied({ sources: ["/[^a]*"], ...into }, from)).upper)).toEqual(["out", "out/z.go"]);
    expect(tree((await copied({ sources: ["/*.rs"], required: false, ...into }, from)).upper)).toEqual([]);
    await expect(copied({ sources: ["/*.rs"], ...into }, from)).rejects.toThrow('"/*.rs": not found');
  });

  test("what is ignored is not there, and an error names the rule", async () => {
    const from = context({ "keep/a": "1", "keep/b.log": "2", "drop/c": "3", "drop/stay": "4" }, [
      "*.log",
      "**/*.log",
      "drop",
      "!drop/stay",
    ]);
    expect(tree((await copied({}, from)).upper)).toEqual([
      "out",
      "out/drop",
      "out/drop/stay",
      "out/keep",
      "out/keep/a",
    ]);
    await expect(copied({ sources: ["/keep/b.log"] }, from)).rejects.toThrow(
      '"/keep/b.log": not found (the rule "**/*.log" of .dockerignore excludes it)',
    );
    await expect(copied({ sources: ["/drop/c"] }, from)).rejects.toThrow('the rule "drop"');
  });

  test("owners by number and by name, modes in both forms, exclusions", async () => {
    const from = context({ "d/a.sh": "1", "d/b.txt": "2" });
    const owner = async (text: string) => {
      const { upper } = await copied({ owner: text, destination: "/new/out" }, from);
      const { uid, gid } = lstatSync(join(upper, "new/out/d/a.sh"));
      return [uid, gid, lstatSync(join(upper, "new")).uid];
    };
    expect(await owner("7")).toEqual([7, 7, 7]);
    expect(await owner("web")).toEqual([33, 34, 33]);
    expect(await owner("web:staff")).toEqual([33, 50, 33]);
    await expect(owner("nobody")).rejects.toThrow("unable to find user nobody");
    const mode = async (text: string) => {
      const { upper } = await copied({ mode: text }, from);
      return ["out/d", "out/d/a.sh"].map((name) => (lstatSync(join(upper, name)).mode & 0o7777).toString(8));
    };
    expect(await mode("4751")).toEqual(["4751", "4751"]);
    expect(await mode("u=rwX,go=rX")).toEqual(["755", "644"]);
    expect(await mode("a-r,g+s,u+x")).toEqual(["2311", "2300"]);
    await expect(mode("rwx")).rejects.toThrow("invalid chmod parameter");
    const { upper } = await copied({ exclude: ["**/*.txt"] }, from);
    expect(tree(upper)).toEqual(["out", "out/d", "out/d/a.sh"]);
  });

  test("parents from the pivot on", async () => {
    const from = context({ "x/a/b/one.c": "1", "x/a/two.c": "2", "x/three.c": "3" });
    const all = await copied({ parents: true, sources: ["/x/a/b/one.c"], destination: "/out/" }, from);
    expect(tree(all.upper)).toEqual(["out", "out/x", "out/x/a", "out/x/a/b", "out/x/a/b/one.c"]);
    const some = await copied({ parents: true, sources: ["/x/./**/*.c"] }, from);
    expect(tree(some.upper)).toEqual([
      "out",
      "out/a",
      "out/a/b",
      "out/a/b/one.c",
      "out/a/two.c",
      "out/three.c",
    ]);
  });

  test("links, holes, attributes, nodes and owners of another stage", async () => {
    const stage = await bench.layer([], (root) => {
      mkdirSync(join(root, "d"));
      writeFileSync(join(root, "d/one"), "content");
      linkSync(join(root, "d/one"), join(root, "d/two"));
      setXattr(join(root, "d/one"), "user.note", Buffer.from("kept"));
      writeFileSync(join(root, "d/sparse"), "x");
      truncateSync(join(root, "d/sparse"), 64 << 20);
      writeFileSync(join(root, "d/large"), Buffer.alloc(300_000, "large"));
      execFileSync("mknod", [join(root, "d/null"), "c", "1", "3"]);
      execFileSync("mkfifo", [join(root, "d/fifo")]);
      execFileSync("chown", ["-hR", "8:9", join(root, "d")]);
    });
    const { upper } = await copied({ sources: ["/d"] }, { kind: "layers", layers: [stage] });
    const stat = (name: string) => lstatSync(join(upper, "out", name));
    expect(stat("one").ino).toBe(stat("two").ino);
    expect(stat("one")).toMatchObject({ uid: 8, gid: 9 });
    expect(Buffer.from(getXattr(join(upper, "out/one"), "user.note")).toString()).toBe("kept");
    expect(stat("sparse").size).toBe(64 << 20);
    expect(stat("sparse").blocks * 512).toBeLessThan(1 << 20);
    expect(readFileSync(join(upper, "out/large"))).toEqual(Buffer.alloc(300_000, "large"));
    expect(stat("null")).toMatchObject({ rdev: 0x103, uid: 8 });
    expect(stat("fifo").isFIFO()).toBe(true);
  });

  test("names of one file are links in what one source brings, files of their own from several", async () => {
    const from = context({ "d/one": "1" });
    linkSync(join(from.path, "d/one"), join(from.path, "d/two"));
    const links = (upper: string, name: string) => lstatSync(join(upper, name)).nlink;
    expect(links((await copied({ sources: ["/d"] }, from)).upper, "out/two")).toBe(2);
    const { upper } = await copied({ sources: ["/d/one", "/d"], intoDirectory: true }, from);
    expect(links(upper, "out/one")).toBe(2);
    expect(readFileSync(join(upper, "out/two"), "utf8")).toBe("1");
    const apart = await copied({ sources: ["/d/*"], intoDirectory: true }, from);
    expect(links(apart.upper, "out/one")).toBe(1);
  });

  test("links of the destination lead nowhere else, and conflicts are said", async () => {
    const layer = await bench.layer([], (root) => {
      symlinkSync("../../../../../../tmp", join(root, "esc"));
      symlinkSync("/usr/lib", join(root, "lib"));
      mkdirSync(join(root, "usr/lib"), { recursive: true });
      mkdirSync(join(root, "dir"));
      symlinkSync("dir/target", join(root, "file"));
    });
    const on: Result = { kind: "layers", layers: [layer] };
    const from = context({ "lib/so": "1", f: "2" });
    const name = `escaped-${process.pid}`;
    const { upper } = await copied({ sources: ["/f"], destination: `/esc/${name}` }, from, on);
    expect(tree(upper)).toEqual(["tmp", `tmp/${name}`]);
    expect(existsSync(`/tmp/${name}`)).toBe(false);
    expect(tree((await copied({ sources: ["/lib"], destination: "/lib" }, from, on)).upper)).toEqual([
      "usr",
      "usr/lib",
      "usr/lib/so",
    ]);
    await expect(copied({ destination: "/" }, from, on)).rejects.toThrow(
      "cannot copy to non-directory: /lib",
    );
    await expect(copied({ sources: ["/f"], destination: "/etc/passwd/below" }, from)).rejects.toThrow(
      "mkdir /etc/passwd: not a directory",
    );
    const through = await copied({ sources: ["/f"], destination: "/file" }, from, on);
    expect(tree(through.upper)).toEqual(["dir", "dir/target"]);
    const replaced = await copied({ destination: "/", replaceLinks: true }, from, on);
    expect(tree(replaced.upper)).toEqual(["f", "lib", "lib/so"]);
    const dir = context({ dir: "a file" });
    await expect(copied({ destination: "/" }, dir, on)).rejects.toThrow(
      "cannot replace to directory /dir with file",
    );
  });
});

test("a context's own looks do not matter, whoever lends it", async () => {
  const from = context({ f: "1" });
  chmodSync(from.path, 0o700);
  const one = await copied({ destination: "/new" }, from);
  expect(lstatSync(join(one.upper, "new"))).toMatchObject({ uid: 0, mtimeMs: 315_532_800_000 });
  expect(lstatSync(join(one.upper, "new")).mode & 0o7777).toBe(0o755);
});

test("archives are unpacked, however they are compressed; other files are copied", async () => {
  const from = context({ "in/a/b": "1", "plain.gz": "", text: "no archive" });
  const tar = (flag: string, name: string) =>
    execFileSync("tar", [
      flag,
      join(from.path, name),
      "--owner=12",
      "--group=13",
      "-C",
      join(from.path, "in"),
      "a/b",
    ]);
  const archives: [string, string][] = [
    ["-cf", "a.tar"],
    ["-czf", "a.bin"],
    ["-cjf", "a.tar.bz2"],
    ["-cJf", "a.tar.xz"],
  ];
  for (const [flag, name] of archives) tar(flag, name);
  execFileSync("zstd", ["-q", join(from.path, "a.tar"), "-o", join(from.path, "a.tar.zst")]);
  execFileSync("bash", ["-c", `gzip <${from.path}/text >${from.path}/plain.gz`]);
  const layers = new Set<string>();
  for (const name of [...archives.map(([, name]) => name), "a.tar.zst"]) {
    const { upper, result } = await copied(
      { sources: [`/${name}`], unpack: true, destination: "/etc/x" },
      from,
    );
    expect(tree(upper)).toEqual(["etc", "etc/x", "etc/x/a", "etc/x/a/b"]);
    expect(lstatSync(join(upper, "etc/x/a/b")).uid).toBe(12);
    layers.add((result.kind === "layers" && result.layers.at(-1)?.diffID) || "");
  }
  expect(layers.size).toBe(1);
  const { upper } = await copied(
    { sources: ["/plain.gz", "/text"], unpack: true, intoDirectory: true },
    from,
  );
  expect(tree(upper)).toEqual(["out", "out/plain.gz", "out/text"]);
});

test("directories are made, files written, things removed, and nothing depends on when", async () => {
  const actions: FileAction[] = [
    { action: "mkdir", path: "/w/x", mode: 0o750, owner: "web" },
    { action: "mkdir", path: "/etc", mode: 0o700 },
    { action: "write", path: "/etc/conf", content: "é\n".repeat(100_000), mode: "u=rw,go=", owner: "5:6" },
    { action: "write", path: "/etc", name: "within", content: "", mode: 0o644 },
    { action: "write", path: "/etc/plain", name: "within", content: "", mode: 0o644 },
    { action: "remove", path: "/bin/cat", allowMissing: false },
    { action: "remove", path: "/nothing", allowMissing: true },
  ];
  const first = await perform(actions);
  expect(tree(first.upper)).toEqual([
    "bin",
    "bin/cat",
    "etc",
    "etc/conf",
    "etc/plain",
    "etc/within",
    "w",
    "w/x",
  ]);
  expect(lstatSync(join(first.upper, "w/x"))).toMatchObject({ uid: 33, gid: 34, mtimeMs: 315_532_800_000 });
  expect(lstatSync(join(first.upper, "etc/conf"))).toMatchObject({ uid: 5, size: 300_000 });
  const diffID = ({ result }: { result: Result }) => result.kind === "layers" && result.layers.at(-1)?.diffID;
  expect(diffID(await perform(actions))).toBe(diffID(first));
  await expect(perform([{ action: "mkdir", path: "/etc/passwd/x", mode: 0o755 }])).rejects.toThrow(
    "not a directory",
  );
  await expect(perform([{ action: "remove", path: "/nothing", allowMissing: false }])).rejects.toMatchObject({
    kind: "notFound",
  });
  const nothing = await perform([{ action: "mkdir", path: "/etc", mode: 0o700 }]);
  expect(readdirSync(nothing.upper)).toEqual([]);
  await perform([{ action: "mkdir", path: "/a/b", mode: 0o755 }], [], scratch);
});

test("a layer that was made on nothing is put on others without a copy", async () => {
  const from = context({ "etc/new": "1" });
  const link = linkOperation(bench.rooms);
  const on = await perform([copyOf({ destination: "/", replaceLinks: true })], [from], scratch);
  const result = await bench.run(link, { kind: "link" }, [base, on.result]);
  expect(lstatSync(join(bench.upper(result), "etc/new")).ino).toBe(lstatSync(join(on.upper, "etc/new")).ino);
  const [first, second] = result.kind === "layers" ? result.layers : [];
  expect(first?.chainID).toBe((base.kind === "layers" && base.layers[0]?.chainID) || undefined);
  expect(second?.diffID).toBe((on.result.kind === "layers" && on.result.layers[0]?.diffID) || undefined);
  const merged = await bench.layer(result.kind === "layers" ? result.layers : [], (root) => {
    expect(readdirSync(join(root, "etc")).sort()).toEqual(["group", "new", "passwd"]);
  });
  expect(merged.size).toBe(0);
});
