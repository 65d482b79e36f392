import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { renameSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { digestOf } from "../oci/digest.ts";
import { applyLayer } from "./apply.ts";
import { type Form, forms, type Member, TestFolder, tar } from "./testing.ts";
import { type VerifiedLayer, verifyLayer } from "./verify.ts";

// Each layer is unpacked and compared by processes of their own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

const time = 1_700_000_000;

/** Unpacks an archive, does something to its files, and compares. */
async function unpacked(
  form: Form,
  members: readonly Member[],
  change: (root: string) => void = () => {},
): Promise<VerifiedLayer> {
  using folder = new TestFolder();
  const archive = tar(...members.map((member) => ({ mtime: BigInt(time) * 1_000_000_000n, ...member })));
  const blob = folder.blob(gzipSync(archive));
  await applyLayer({ blob, target: folder.place(form) });
  folder.show(form);
  change(folder.target);
  const verified = await verifyLayer({ blob, target: folder.target, contents: true });
  expect(verified.diffID).toBe(digestOf(archive));
  return verified;
}

const directory = (name: string): Member => ({ name, type: "directory" });
const file = (name: string, content = name): Member => ({ name, content });

describe.each([...forms])("a layer kept as %s is what its archive says", (form) => {
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
      expect(await unpacked(form, members)).toMatchObject({ differences: 0, examples: [] });
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
      utimesSync(join(root, "d"), time, time);
    },
    "last was modified later": (root) => utimesSync(join(root, "last"), time + 9, time + 9),
    "last has other content": (root) => {
      writeFileSync(join(root, "last"), "tsal");
      utimesSync(join(root, "last"), time, time);
    },
    "d/two is no other name of the file that it should be one of": (root) => {
      unlinkSync(join(root, "d/two"));
      writeFileSync(join(root, "d/two"), "d/one");
      utimesSync(join(root, "d/two"), time, time);
    },
  };
  for (const [words, change] of Object.entries(changes)) {
    test(words, async () => {
      const { examples } = await unpacked("tree", members, change);
      expect(examples).toContain(words);
    });
  }

  test("but no more than twenty of them", async () => {
    const many = Array.from({ length: 30 }, (_, index) => file(`file-${index}`));
    const { differences, examples } = await unpacked("tree", many, (root) => {
      for (const { name } of many) unlinkSync(join(root, name));
    });
    expect(differences).toBe(30);
    expect(examples).toHaveLength(20);
  });
});
