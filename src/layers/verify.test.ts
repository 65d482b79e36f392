import { describe, expect, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeHeader, endOfArchive, padding, type TarHeader, tarHeader } from "../archive/index.ts";
import { digestOf } from "../oci/digest.ts";
import { applyLayer } from "./apply.ts";
import { type VerifiedLayer, verifyLayer } from "./verify.ts";

type Member = Partial<TarHeader> & { name: string; data?: string };

function archiveOf(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ data = "", ...header }) => {
    const content = Buffer.from(data);
    return [
      encodeHeader(tarHeader({ mtime: 1_700_000_000n * 1_000_000_000n, size: content.length, ...header })),
      content,
      padding(content.length),
    ];
  });
  return Buffer.concat([...blocks, endOfArchive]);
}

/** Unpacks an archive, does something to its files, and compares. */
async function unpacked(
  members: readonly Member[],
  change: (root: string) => void = () => {},
): Promise<VerifiedLayer> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-verify-"));
  try {
    const archive = archiveOf(members);
    const [blob, target] = [join(directory, "blob"), join(directory, "fs")];
    writeFileSync(blob, gzipSync(archive));
    await Bun.$`mkdir ${target}`;
    await applyLayer({ blob, target });
    change(target);
    const verified = await verifyLayer({ blob, target, contents: true });
    expect(verified.diffID).toBe(digestOf(archive));
    return verified;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const directory = (name: string): Member => ({ name, type: "directory" });
const file = (name: string, data = name): Member => ({ name, data });

describe("what was unpacked is what the archive says", () => {
  const archives: Record<string, Member[]> = {
    "of every type": [
      directory("./"),
      directory("d"),
      { ...file("d/setuid"), mode: 0o4755, uid: 7, gid: 8 },
      { name: "d/link", type: "symlink", linkName: "setuid" },
      { name: "d/hard", type: "hardlink", linkName: "d/setuid" },
      { name: "d/fifo", type: "fifo" },
      { name: "d/device", type: "char", devMajor: 1, devMinor: 3 },
      { ...file("d/attributes"), xattrs: new Map([["user.note", Buffer.from("x")]]) },
    ],
    "with directories that it does not mention": [file("a/b/c/file")],
    "with names that are no UTF-8": [directory("\udcff"), file("\udcff/\udc80")],
    "with whiteouts": [
      directory("d"),
      file("d/.wh.gone", ""),
      file(".wh.both", ""),
      file("both"),
      directory("opaque"),
      file("opaque/.wh..wh..opq", ""),
      file("replaced"),
      file(".wh.dir", ""),
      directory("dir"),
    ],
    "with members that replace others": [
      file("a", "old"),
      { name: "b", type: "hardlink", linkName: "a" },
      file("a", "new and longer"),
      directory("c"),
      file("c/inside"),
      file("c", "no directory any more"),
      file("d"),
      directory("d"),
      { name: "e", type: "symlink", linkName: "a" },
      file("e", "no link any more"),
    ],
    "with paths through links": [
      directory("usr"),
      directory("usr/lib"),
      { name: "lib", type: "symlink", linkName: "usr/lib" },
      file("lib/one"),
      { name: "usr/up", type: "symlink", linkName: "../lib" },
      file("usr/up/two"),
      { name: "absolute", type: "symlink", linkName: "/usr" },
      file("absolute/lib/three"),
      { name: "hard", type: "hardlink", linkName: "absolute/lib/three" },
    ],
    "with times before and far after ours": [
      { ...file("early"), mtime: -1n },
      { ...file("late"), mtime: 2n ** 40n * 1_000_000_000n },
    ],
  };
  for (const [what, members] of Object.entries(archives)) {
    test(what, async () => {
      expect(await unpacked(members)).toMatchObject({ differences: 0, examples: [] });
    });
  }
});

describe("what is not as the archive says is named", () => {
  const members = [
    directory("d"),
    file("d/one"),
    { name: "d/two", type: "hardlink", linkName: "d/one" } as const,
    file("last"),
  ];
  const changes: Record<string, (root: string) => void> = {
    "d/one is missing": (root) => renameSync(join(root, "d/one"), join(root, "..", "away")),
    "d/three does not belong there": (root) => {
      writeFileSync(join(root, "d/three"), "");
      utimesSync(join(root, "d"), 1_700_000_000, 1_700_000_000);
    },
    "last was modified later": (root) => utimesSync(join(root, "last"), 1_700_000_009, 1_700_000_009),
    "last has other content": (root) => {
      writeFileSync(join(root, "last"), "tsal");
      utimesSync(join(root, "last"), 1_700_000_000, 1_700_000_000);
    },
    "d/two is no other name of the file that it should be one of": (root) => {
      unlinkSync(join(root, "d/two"));
      writeFileSync(join(root, "d/two"), "d/one");
      utimesSync(join(root, "d/two"), 1_700_000_000, 1_700_000_000);
    },
  };
  for (const [words, change] of Object.entries(changes)) {
    test(words, async () => {
      const { examples } = await unpacked(members, change);
      expect(examples).toContain(words);
    });
  }

  test("but no more than twenty of them", async () => {
    const many = Array.from({ length: 30 }, (_, index) => file(`file-${index}`));
    const { differences, examples } = await unpacked(many, (root) => {
      for (const { name } of many) unlinkSync(join(root, name));
    });
    expect(differences).toBe(30);
    expect(examples).toHaveLength(20);
  });
});
