import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { encodeHeader, endOfArchive, padding, type TarHeader, tarHeader } from "../archive/index.ts";
import { digestOf } from "../oci/digest.ts";
import { getXattr } from "../os/xattr.ts";
import { applyLayer, changes, diffLayer, GrowingLayer } from "./index.ts";

// Each layer is unpacked in a process of its own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

let root: string;
let target: string;
beforeEach(() => {
  root = mkdtempSync("/tmp/slipway-layers-");
  target = join(root, "target");
  mkdirSync(target);
});
afterEach(() => rmSync(root, { recursive: true }));

type Member = Partial<TarHeader> & { name: string; content?: string };

function tar(...members: Member[]): Buffer {
  const parts = members.flatMap(({ content = "", ...header }) => [
    encodeHeader(tarHeader({ ...header, size: content.length })),
    Buffer.from(content),
    padding(content.length),
  ]);
  return Buffer.concat([...parts, endOfArchive]);
}

function blob(bytes: Uint8Array): string {
  const path = join(root, "blob");
  writeFileSync(path, bytes);
  return path;
}

async function shell(script: string): Promise<string> {
  const child = Bun.spawn(["bash", "-ec", script], { cwd: root, stderr: "pipe", stdout: "pipe" });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
  return output;
}

const listing = (directory: string) =>
  `cd ${directory} && find . -printf '%p %y %m %U:%G %T@ %l ' \\( -type f -exec md5sum {} \\; -o -printf '\\n' \\) | sort`;

test("a layer is unpacked with all that its archive says, whatever compresses it", async () => {
  await shell(`mkdir -p tree/bin tree/etc; cp /bin/busybox tree/bin/; ln tree/bin/busybox tree/bin/sh
    ln -s /bin tree/link; mknod tree/null c 1 3; mkfifo tree/fifo; chmod 6755 tree/bin/sh; chown 12:34 tree/etc
    echo x > tree/etc/f; chown -h 5:6 tree/link; chmod 1777 tree/etc; touch -d '2020-01-01 01:01:01.123456789' tree/etc
    truncate -s 10M tree/sparse; tar --format=pax -S -C tree -cf plain.tar .`);
  const plain = readFileSync(join(root, "plain.tar"));
  const expected = await shell(listing("tree"));
  for (const bytes of [plain, gzipSync(plain), zstdCompressSync(plain)]) {
    rmSync(target, { recursive: true });
    mkdirSync(target);
    const applied = await applyLayer({ blob: blob(bytes), target, digest: digestOf(bytes) });
    expect(applied.diffID).toBe(digestOf(plain));
    expect(await shell(listing("target"))).toBe(expected);
    expect(lstatSync(join(target, "sparse")).blocks).toBe(0);
  }
});

test("whiteouts become overlayfs's, extended attributes stay binary, overlayfs's own are refused", async () => {
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
  );
  await applyLayer({ blob: blob(bytes), target });
  const gone = lstatSync(join(target, "a/gone"));
  expect([gone.isCharacterDevice(), gone.rdev]).toEqual([true, 0]);
  expect(Buffer.from(getXattr(join(target, "b"), "trusted.overlay.opaque")).toString()).toBe("y");
  expect(Buffer.from(getXattr(join(target, "c"), "trusted.overlay.opaque")).toString()).toBe("y");
  expect(getXattr(join(target, "b/new"), "security.capability")).toEqual(capability);
  expect(() => getXattr(join(target, "b"), "trusted.overlay.redirect")).toThrow("ENODATA");
  expect(readFileSync(join(target, "kept"), "utf8")).toBe("1");
});

test("nothing leads out of the target", async () => {
  const outside = join(root, "outside");
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
  ];
  for (const attack of attacks) {
    await applyLayer({ blob: blob(attack), target }).catch((error) => {
      expect(["invalid", "system"]).toContain(error.kind);
    });
    expect(existsSync(join(outside, "x"))).toBe(false);
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
    rmSync(target, { recursive: true });
    mkdirSync(target);
  }
});

test("errors say their kind and the member", async () => {
  const good = tar({ name: "f", content: "content" });
  const apply = (bytes: Uint8Array, more = {}) => applyLayer({ blob: blob(bytes), target, ...more });
  await expect(apply(good.subarray(0, 515))).rejects.toMatchObject({ kind: "invalid" });
  await expect(apply(gzipSync(good).subarray(0, 40))).rejects.toMatchObject({ kind: "invalid" });
  await expect(apply(good, { digest: digestOf("other") })).rejects.toMatchObject({ kind: "invalid" });
  await expect(apply(good, { maxBytes: 3 })).rejects.toThrow(/"f".*more than 3 bytes/);
  await expect(apply(good, { maxEntries: 0 })).rejects.toMatchObject({ kind: "invalid" });
  await expect(apply(tar({ name: "../x" }))).rejects.toThrow('"../x"');
  await shell("mount -t tmpfs -o size=100k tmpfs target");
  try {
    const full = apply(tar({ name: "big", content: "x".repeat(500_000) }));
    await expect(full).rejects.toMatchObject({ kind: "exhausted", details: { errno: "ENOSPC" } });
  } finally {
    await shell("umount target");
  }
  const stopped = AbortSignal.timeout(1);
  await expect(applyLayer({ blob: blob(good), target }, { signal: stopped })).rejects.toThrow();
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
  const [upper, lower] = [join(root, "upper"), join(root, "lower")];
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
  await applyLayer({ blob: blob(layer), target });
  // The root directory itself is no member.
  await shell("touch -r upper target");
  // Whiteouts have no times of their own.
  const tree = async (directory: string) =>
    (await shell(listing(directory))).replace(/( c 0 0:0) \S+/g, "$1");
  expect(await tree("target")).toBe(await tree("upper"));
  expect(readlinkSync(join(target, "new/l"))).toBe("nowhere");
});

test("a layer that cannot be read to its end fails its stream", async () => {
  await expect(new Response(diffLayer(join(root, "missing"))).bytes()).rejects.toMatchObject({
    kind: "system",
  });
  symlinkSync("/etc", join(target, ".wh.x"));
  await expect(new Response(diffLayer(target)).bytes()).rejects.toMatchObject({ kind: "invalid" });
});

test("a layer is unpacked while its blob grows", async () => {
  const content = "x".repeat(3 << 20);
  const bytes = tar({ name: "a", content }, { name: "b", content });
  const packed = zstdCompressSync(
    tar({ name: "a", content: crypto.getRandomValues(Buffer.alloc(9000)).toString("hex") }),
  );
  for (const whole of [bytes, packed]) {
    const path = blob(whole.subarray(0, 600));
    const file = openSync(path, "r");
    const layer = new GrowingLayer(file, { target });
    closeSync(file);
    for (let at = 600; at < whole.length; at += 1 << 20) {
      appendFileSync(path, whole.subarray(at, at + (1 << 20)));
      layer.grown();
    }
    rmSync(path);
    layer.complete();
    const { diffID, entries } = await layer.result;
    expect(entries).toBe(whole === bytes ? 2 : 1);
    expect(diffID === undefined).toBe(whole === bytes);
  }
  expect(readFileSync(join(target, "b"), "utf8") === content).toBe(true);
});

test("a blob that ends too early is a truncated layer", async () => {
  const file = openSync(blob(tar({ name: "a", content: "x".repeat(2000) }).subarray(0, 1000)), "r");
  const layer = new GrowingLayer(file, { target });
  closeSync(file);
  layer.complete();
  await expect(layer.result).rejects.toMatchObject({ kind: "invalid" });
});
