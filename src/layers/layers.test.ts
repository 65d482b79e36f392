import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { digestOf } from "../oci/digest.ts";
import { getXattr, setXattr } from "../os/xattr.ts";
import { applyLayer, changes, diffLayer, GrowingLayer, measureLayer } from "./index.ts";
import { forms, listing, TestFolder, tar } from "./testing.ts";

// Each layer is unpacked in a process of its own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

let folder: TestFolder;
let target: string;
beforeEach(() => {
  folder = new TestFolder();
  target = folder.target;
});
afterEach(() => folder[Symbol.dispose]());

const shell = (script: string) => folder.shell(script);
const blob = (bytes: Uint8Array) => folder.blob(bytes);

describe.each([...forms])("a layer kept as %s", (form) => {
  async function apply(bytes: Uint8Array, more: object = {}) {
    const applied = await applyLayer({ blob: blob(bytes), target: folder.place(form), ...more });
    folder.show(form);
    return applied;
  }

  test("has all that its archive says, whatever compresses it", async () => {
    await shell(`mkdir -p tree/bin tree/etc; cp /bin/busybox tree/bin/; ln tree/bin/busybox tree/bin/sh
      ln -s /bin tree/link; mknod tree/null c 1 3; mknod tree/far b 300 70000; mkfifo tree/fifo; chmod 6755 tree/bin/sh
      chown 12:34 tree/etc; echo x > tree/etc/f; chown -h 5:6 tree/link; chmod 1777 tree/etc
      touch -d '2020-01-01 01:01:01.123456789' tree/etc; touch -d '1960-01-01 01:01:01.5' tree/old
      touch 'tree/!' $'tree/\xff\xfe' tree/é tree/$(printf 'n%.0s' {1..255}); chown 100000:70000 tree/old
      for length in 400 470 500 1000; do ln -s $(printf 'x%.0s' $(seq $length)) tree/link$length; done
      truncate -s 10M tree/sparse; printf abc | dd of=tree/sparse bs=1 seek=5000001 conv=notrunc status=none
      printf tail >> tree/sparse; mkdir tree/many; cd tree/many; for i in {1..300}; do printf -v name '%d-%0*d' $i $((i % 200 + 1)) 0; echo $i > $name; done`);
    setXattr(join(folder.root, "tree/etc/f"), "user.long", Buffer.alloc(1500, "v"));
    await shell("tar --format=pax -S --xattrs -C tree -cf plain.tar .");
    const plain = readFileSync(join(folder.root, "plain.tar"));
    const expected = await shell(listing("tree"));
    for (const bytes of [plain, gzipSync(plain), zstdCompressSync(plain)]) {
      folder.clear();
      const applied = await apply(bytes, { digest: digestOf(bytes) });
      expect(applied.diffID).toBe(digestOf(plain));
      expect(await shell(listing("target"))).toBe(expected);
      expect(getXattr(join(target, "etc/f"), "user.long")).toHaveLength(1500);
    }
  });

  test("has overlayfs's whiteouts, binary attributes, and none of overlayfs's own", async () => {
    const capability = new Uint8Array([1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const bytes = tar(
      { name: "a", type: "directory" },
      { name: "a/.wh.gone" },
      { name: "b", type: "directory", xattrs: new Map([["trusted.overlay.redirect", Buffer.from("/etc")]]) },
      { name: "b/.wh..wh..opq" },
      { name: "b/new", content: "new", xattrs: new Map([["security.capability", capability]]) },
      { name: ".wh.c" },
      { name: "c", type: "directory" },
      { name: ".wh..wh.plnk" },
      { name: "kept", content: "1" },
      { name: ".wh.kept" },
      { name: ".wh.back" },
      { name: "back", content: "2" },
    );
    await apply(bytes);
    const gone = lstatSync(join(target, "a/gone"));
    expect([gone.isCharacterDevice(), gone.rdev]).toEqual([true, 0]);
    expect(Buffer.from(getXattr(join(target, "b"), "trusted.overlay.opaque")).toString()).toBe("y");
    expect(Buffer.from(getXattr(join(target, "c"), "trusted.overlay.opaque")).toString()).toBe("y");
    expect(getXattr(join(target, "b/new"), "security.capability")).toEqual(capability);
    expect(() => getXattr(join(target, "b"), "trusted.overlay.redirect")).toThrow("ENODATA");
    expect(readFileSync(join(target, "kept"), "utf8")).toBe("1");
    expect(readFileSync(join(target, "back"), "utf8")).toBe("2");
    expect(readdirSync(target).sort()).toEqual(["a", "b", "back", "c", "kept"]);
  });

  test("is what its last members say, links followed within it", async () => {
    await apply(
      tar(
        { name: "usr/lib/one", content: "1" },
        { name: "lib", type: "symlink", linkName: "usr/lib" },
        { name: "lib/two", content: "2" },
        { name: "abs", type: "symlink", linkName: "/../usr" },
        { name: "abs/lib/three", content: "3" },
        { name: "f", content: "before" },
        { name: "g", type: "hardlink", linkName: "lib/two" },
        { name: "f", content: "after" },
        { name: "tree/of/files", content: "x" },
        { name: "tree", content: "now a file" },
        { name: "d", content: "x" },
        { name: "d/", type: "directory", mode: 0o700 },
        { name: "d/in", content: "" },
        { name: "d/", type: "directory", mode: 0o711, uid: 7, mtime: 5_000_000_000n },
        { name: "./", type: "directory", mode: 0o750, gid: 9 },
      ),
    );
    expect(readdirSync(join(target, "usr/lib")).sort()).toEqual(["one", "three", "two"]);
    expect(lstatSync(join(target, "usr"))).toMatchObject({ uid: 0, mode: 0o40755, nlink: 3 });
    expect(lstatSync(join(target, "g"))).toMatchObject({ nlink: 2, size: 1 });
    expect(lstatSync(join(target, "g")).ino).toBe(lstatSync(join(target, "usr/lib/two")).ino);
    expect(readFileSync(join(target, "f"), "utf8")).toBe("after");
    expect(readFileSync(join(target, "tree"), "utf8")).toBe("now a file");
    expect(lstatSync(join(target, "d"))).toMatchObject({ mode: 0o40711, uid: 7, mtimeMs: 5000, nlink: 2 });
    expect(lstatSync(target)).toMatchObject({ mode: 0o40750, gid: 9 });
  });

  test("has nothing that leads out of it", async () => {
    const outside = join(folder.root, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "secret"), "secret");
    const attacks = [
      tar({ name: "l", type: "symlink", linkName: outside }, { name: "l/x", content: "x" }),
      tar({ name: "l", type: "symlink", linkName: "../outside" }, { name: "l/x", content: "x" }),
      tar({ name: "../outside/x", content: "x" }),
      tar({ name: `${outside}/x`, content: "x" }),
      tar({ name: "h", type: "hardlink", linkName: "../outside/secret" }, { name: "h", content: "x" }),
      tar({ name: "h", type: "hardlink", linkName: `${outside}/secret` }),
      tar({ name: "s", type: "symlink", linkName: `${outside}/secret` }, { name: "s", content: "x" }),
      tar(
        { name: "a", type: "symlink", linkName: "b" },
        { name: "b", type: "symlink", linkName: "a" },
        { name: "a/x" },
      ),
      tar({ name: "f", content: "x" }, { name: "f/x", content: "x" }),
      tar({ name: "d", type: "directory" }, { name: "e", type: "hardlink", linkName: "d" }),
    ];
    let refused = 0;
    for (const attack of attacks) {
      await apply(attack).catch((error) => {
        refused++;
        expect(["invalid", "system"]).toContain(error.kind);
      });
      expect(existsSync(join(outside, "x"))).toBe(false);
      expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
      folder.clear();
    }
    expect(refused).toBe(8);
  });

  test("fails with an error that says its kind and the member", async () => {
    const good = tar({ name: "f", content: "content" });
    const refused = async (bytes: Uint8Array, more = {}) => {
      const error = await apply(bytes, more).then(
        () => undefined,
        (thrown) => thrown,
      );
      folder.clear();
      return error;
    };
    expect(await refused(good.subarray(0, 515))).toMatchObject({ kind: "invalid" });
    expect(await refused(gzipSync(good).subarray(0, 40))).toMatchObject({ kind: "invalid" });
    expect(await refused(good, { digest: digestOf("other") })).toMatchObject({ kind: "invalid" });
    const limited = await refused(good, { maxBytes: 3 });
    expect(limited.message).toMatch(/"f".*more than 3 bytes/);
    expect(await refused(good, { maxEntries: 0 })).toMatchObject({ kind: "invalid" });
    expect((await refused(tar({ name: "../x" }))).message).toContain('"../x"');
    const stopped = AbortSignal.timeout(1);
    const given = applyLayer({ blob: blob(good), target: folder.place(form) }, { signal: stopped });
    await expect(given).rejects.toThrow();
  });

  test("is made while its blob grows", async () => {
    const content = "x".repeat(3 << 20);
    const bytes = tar({ name: "a", content }, { name: "b", content });
    const random = crypto.getRandomValues(Buffer.alloc(9000)).toString("hex");
    for (const whole of [bytes, zstdCompressSync(tar({ name: "a", content: random }))]) {
      folder.clear();
      const path = blob(whole.subarray(0, 600));
      const file = openSync(path, "r");
      const layer = new GrowingLayer(file, { target: folder.place(form) });
      closeSync(file);
      for (let at = 600; at < whole.length; at += 1 << 20) {
        appendFileSync(path, whole.subarray(at, at + (1 << 20)));
        layer.grown();
      }
      layer.complete();
      const { diffID, entries } = await layer.result;
      rmSync(path);
      folder.show(form);
      expect(entries).toBe(whole === bytes ? 2 : 1);
      expect(diffID === undefined).toBe(whole === bytes);
      expect(readFileSync(join(target, "a"), "utf8") === (whole === bytes ? content : random)).toBe(true);
    }
  });

  test("is refused as truncated when its blob ends too early", async () => {
    const file = openSync(blob(tar({ name: "a", content: "x".repeat(2000) }).subarray(0, 1000)), "r");
    const layer = new GrowingLayer(file, { target: folder.place(form) });
    closeSync(file);
    layer.complete();
    await expect(layer.result).rejects.toMatchObject({ kind: "invalid" });
  });
});

test("a full disk is said", async () => {
  await shell("mount -t tmpfs -o size=100k tmpfs target");
  try {
    const big = gzipSync(tar({ name: "big", content: "x".repeat(500_000) }));
    const files = { image: join(target, "i"), archive: join(target, "a") };
    for (const place of [target, files]) {
      const full = applyLayer({ blob: blob(big), target: place });
      await expect(full).rejects.toMatchObject({ kind: "exhausted", details: { errno: "ENOSPC" } });
    }
  } finally {
    await shell("umount target");
  }
});

test("holes of a tree's files stay holes", async () => {
  await shell("mkdir tree; truncate -s 10M tree/sparse; tar -S -C tree -cf plain.tar .");
  await applyLayer({ blob: join(folder.root, "plain.tar"), target });
  expect(lstatSync(join(target, "sparse")).blocks).toBe(0);
});

async function onOverlay(script: string): Promise<void> {
  await shell(`mkdir -p lower upper work merged; mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work,redirect_dir=off,metacopy=off merged
    trap 'cd ..; umount merged' EXIT; cd merged; ${script}`);
}

test("what a container changed becomes a layer, and that layer changes the same", async () => {
  await shell(`mkdir -p lower/etc lower/old/sub lower/replaced; echo 1 > lower/etc/kept; echo 1 > lower/etc/changed
    echo 1 > lower/gone; echo 1 > lower/old/sub/f; echo 1 > lower/replaced/before`);
  await onOverlay(`echo 2 > etc/changed; rm gone; rm -r old; rm -r replaced; mkdir replaced; echo n > replaced/new
    mkdir -p new/dir; echo x > new/dir/f; ln new/dir/f new/g; ln -s nowhere new/l; mkfifo new/p; touch $'new/\\xff'`);
  const [upper, lower] = [join(folder.root, "upper"), join(folder.root, "lower")];
  expect(await changes(upper, [lower])).toEqual([
    { path: "/etc", kind: 0 },
    { path: "/etc/changed", kind: 0 },
    { path: "/gone", kind: 2 },
    { path: "/new", kind: 1 },
    { path: "/new/dir", kind: 1 },
    { path: "/new/dir/f", kind: 1 },
    { path: "/new/g", kind: 1 },
    { path: "/new/l", kind: 1 },
    { path: "/new/p", kind: 1 },
    { path: "/new/\udcff", kind: 1 },
    { path: "/old", kind: 2 },
    { path: "/replaced", kind: 0 },
    { path: "/replaced/before", kind: 2 },
    { path: "/replaced/new", kind: 1 },
  ]);
  const layer = await new Response(diffLayer(upper)).bytes();
  expect(await new Response(diffLayer(upper)).bytes()).toEqual(layer);
  expect((await measureLayer(upper)).diffID).toBe(digestOf(layer));
  await applyLayer({ blob: blob(layer), target });
  // The root directory itself is no member.
  await shell("touch -r upper target");
  // Whiteouts have no times of their own, and overlayfs makes them names of one file.
  const tree = async (directory: string) =>
    (await shell(listing(directory))).replace(/( c 0 0:0) \S+ \d+/g, "$1");
  expect(await tree("target")).toBe(await tree("upper"));
  expect(readlinkSync(join(target, "new/l"))).toBe("nowhere");
});

test("a layer that cannot be read to its end fails its stream", async () => {
  await expect(new Response(diffLayer(join(folder.root, "missing"))).bytes()).rejects.toMatchObject({
    kind: "system",
  });
  symlinkSync("/etc", join(target, ".wh.x"));
  await expect(new Response(diffLayer(target)).bytes()).rejects.toMatchObject({ kind: "invalid" });
});
