import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setXattr } from "../../os/xattr.ts";
import {
  encodeHeader,
  endOfArchive,
  padding,
  readTar,
  TarDecoder,
  type TarHeader,
  tarHeader,
} from "../index.ts";
import { FilePacker, FileUnpacker } from "./index.ts";
import { plainHeaderBytes, writePlainHeader } from "./plain-header.ts";

let root: string;
let from: string;
let to: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-files-"));
  from = join(root, "from");
  to = join(root, "to");
  mkdirSync(from);
  mkdirSync(to);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function packed(directory: string, name: string): Buffer {
  const fd = openSync(directory, "r");
  try {
    const packer = new FilePacker();
    const pieces: Buffer[] = [];
    for (const piece of packer.open(fd, Buffer.from(name))) pieces.push(Buffer.from(piece));
    for (const piece of packer.end()) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  } finally {
    closeSync(fd);
  }
}

const inPlace = (name: string): string[] => name.split("/").filter((part) => part !== "" && part !== ".");

function unpack(archive: Buffer, place = inPlace): void {
  const fd = openSync(to, "r");
  const unpacker = new FileUnpacker(fd, { keepOwners: true, place });
  const umask = process.umask(0);
  try {
    const decoder = new TarDecoder(unpacker);
    for (let at = 0; at < archive.length; at += 999) decoder.write(archive.subarray(at, at + 999));
    decoder.finish();
    unpacker.finish();
  } finally {
    process.umask(umask);
    unpacker.close();
    closeSync(fd);
  }
}

function archive(...members: (Partial<TarHeader> & { name: string; content?: string })[]): Buffer {
  const parts = members.flatMap(({ content = "", ...header }) => [
    encodeHeader(tarHeader({ ...header, size: content.length })),
    Buffer.from(content),
    padding(content.length),
  ]);
  return Buffer.concat([...parts, endOfArchive]);
}

test("what is packed comes out of an unpacker as it was", () => {
  const long = `${"long/".repeat(20)}${"n".repeat(200)}`;
  mkdirSync(join(from, long, ".."), { recursive: true });
  writeFileSync(join(from, long), "long");
  writeFileSync(join(from, "größe"), Buffer.alloc(3_000_000, 7));
  writeFileSync(Buffer.concat([Buffer.from(join(from, "bytes-")), Buffer.from([0xff, 0xfe])]), "bytes");
  writeFileSync(join(from, "exact"), Buffer.alloc(512, 1), { mode: 0o600 });
  chmodSync(join(from, "exact"), 0o4751);
  utimesSync(join(from, "exact"), 5, 1_700_000_000.25);
  linkSync(join(from, "exact"), join(from, "other-name"));
  symlinkSync("nowhere", join(from, "link"));
  mkdirSync(join(from, "sealed"));
  writeFileSync(join(from, "sealed/inside"), "");
  chmodSync(join(from, "sealed"), 0o555);
  unpack(packed(from, ""));
  const all = (path: string) => readdirSync(path, { recursive: true, encoding: "buffer" }).map(String).sort();
  expect(all(to)).toEqual(all(from));
  expect(readFileSync(join(to, "größe")).equals(readFileSync(join(from, "größe")))).toBe(true);
  expect(readFileSync(join(to, long), "utf8")).toBe("long");
  const [one, other] = [lstatSync(join(to, "exact")), lstatSync(join(to, "other-name"))];
  expect({ mode: one.mode & 0o7777, mtime: one.mtimeMs, same: one.ino === other.ino }).toEqual({
    mode: 0o4751,
    mtime: 1_700_000_000_250,
    same: true,
  });
  expect(readlinkSync(join(to, "link"))).toBe("nowhere");
  expect(lstatSync(join(to, "sealed")).mode & 0o777).toBe(0o555);
});

test("extended attributes of users' own are packed", async () => {
  writeFileSync(join(from, "f"), "x");
  setXattr(join(from, "f"), "user.note", Buffer.from([1, 0, 255]));
  const headers: TarHeader[] = [];
  for await (const { header } of readTar(new Blob([packed(from, "")]).stream())) headers.push(header);
  expect(headers.map(({ name, xattrs }) => ({ name, xattrs }))).toEqual([
    { name: "f", xattrs: new Map([["user.note", new Uint8Array([1, 0, 255])]]) },
  ]);
});

test("a plain header says the same as the general one", async () => {
  const member = { isDirectory: false, mode: 0o644, uid: 12, gid: 34, size: 0, seconds: 1_764_366_204 };
  const parse = async (bytes: Uint8Array) => {
    for await (const { header } of readTar(new Blob([bytes, endOfArchive]).stream())) return header;
  };
  for (const nanoseconds of [0, 1, 500_000_000, 999_999_999]) {
    const block = Buffer.alloc(plainHeaderBytes, 0xaa);
    const written = writePlainHeader(block, 0, Buffer.from("dir/file"), { ...member, nanoseconds });
    const mtime = BigInt(member.seconds) * 1_000_000_000n + BigInt(nanoseconds);
    const general = tarHeader({ name: "dir/file", mode: 0o644, uid: 12, gid: 34, mtime });
    expect(await parse(block.subarray(0, written))).toEqual((await parse(encodeHeader(general)))!);
  }
});

test("what a plain header cannot hold is left to the general one", () => {
  const member = {
    isDirectory: false,
    mode: 0,
    uid: 0,
    gid: 0,
    size: 0,
    seconds: 1_764_366_204,
    nanoseconds: 0,
  };
  const written = (name: string, more: object) =>
    writePlainHeader(Buffer.alloc(plainHeaderBytes), 0, Buffer.from(name), { ...member, ...more });
  expect(written("a", {})).toBe(512);
  expect(written("ä", {})).toBe(0);
  expect(written("n".repeat(100), {})).toBe(0);
  expect(written("a", { uid: 2 ** 21 })).toBe(0);
  expect(written("a", { size: 2 ** 33 })).toBe(0);
  expect(written("a", { seconds: -1 })).toBe(0);
  expect(written("a", { seconds: 2 ** 40 })).toBe(0);
});

test("no member leaves the directory through a link, planted by the archive or there before", () => {
  const outside = join(root, "outside");
  mkdirSync(outside);
  symlinkSync(outside, join(to, "there"));
  const refused = (...members: Parameters<typeof archive>) =>
    expect(() => unpack(archive(...members))).toThrow("a link is in the way");
  refused({ name: "there/planted", content: "x" });
  refused({ name: "l", type: "symlink", linkName: outside }, { name: "l/planted", content: "x" });
  refused(
    { name: "m", type: "symlink", linkName: ".." },
    { name: "m/outside", type: "directory" },
    { name: "m/x" },
  );
  refused({ name: "hard", type: "hardlink", linkName: "there/secret" });
  expect(() => unpack(archive({ name: "there", type: "directory" }))).toThrow(
    "cannot overwrite non-directory",
  );
  expect(readdirSync(outside)).toEqual([]);
  // A link in a file's own place is replaced, not written through.
  writeFileSync(join(outside, "secret"), "secret");
  symlinkSync(join(outside, "secret"), join(to, "f"));
  unpack(archive({ name: "f", content: "new" }));
  expect([readFileSync(join(outside, "secret"), "utf8"), readFileSync(join(to, "f"), "utf8")]).toEqual([
    "secret",
    "new",
  ]);
});

test("a directory and something else do not take each other's place", () => {
  mkdirSync(join(to, "d"));
  writeFileSync(join(to, "f"), "");
  expect(() => unpack(archive({ name: "d", content: "x" }))).toThrow(
    'cannot write "d": cannot overwrite directory with non-directory',
  );
  expect(() => unpack(archive({ name: "f", type: "directory" }))).toThrow("cannot overwrite non-directory");
  expect(() => unpack(archive({ name: ".", content: "x" }))).toThrow("only a directory");
  expect(lstatSync(join(to, "d")).isDirectory()).toBe(true);
});

test("directories that are not mentioned are made, and unknown links refused", () => {
  unpack(archive({ name: "a/b/c", content: "x" }));
  expect(lstatSync(join(to, "a/b")).mode & 0o777).toBe(0o755);
  expect(() => unpack(archive({ name: "h", type: "hardlink", linkName: "none" }))).toThrow("ENOENT");
  expect(existsSync(join(to, "h"))).toBe(false);
});
