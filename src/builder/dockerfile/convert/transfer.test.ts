import { describe, expect, test } from "bun:test";
import { digestOf } from "../../../oci/digest.ts";
import type { FileAction } from "../../graph/index.ts";
import { actionsOf, convertOne, failure, names, vertices } from "./testing.ts";

type CopyAction = Extract<FileAction, { action: "copy" }>;

const plain: CopyAction = {
  action: "copy",
  input: 1,
  sources: [],
  destination: "/",
  intoDirectory: false,
  parents: false,
  exclude: [],
  unpack: false,
  required: true,
  replaceLinks: false,
};

const actions = async (instruction: string) =>
  actionsOf((await convertOne(`FROM debian\nWORKDIR /w\n${instruction}`)).tree);

/** Each: an instruction, and the copies that it makes, but for what is usual. */
const copies: [string, Partial<CopyAction>[]][] = [
  ["COPY a b", [{ sources: ["/a"], destination: "/w/b" }]],
  ["COPY a /b/", [{ sources: ["/a"], destination: "/b", intoDirectory: true }]],
  ["COPY . .", [{ sources: ["/"], destination: "/w", intoDirectory: true }]],
  ["COPY ../../a/ ..", [{ sources: ["/a"], destination: "/", intoDirectory: true }]],
  ["COPY a b/.", [{ sources: ["/a"], destination: "/w/b", intoDirectory: true }]],
  ["COPY a .b", [{ sources: ["/a"], destination: "/w/.b" }]],
  ['COPY ["a b", "c"]', [{ sources: ["/a b"], destination: "/w/c" }]],
  ["COPY a b /c", [{ sources: ["/a", "/b"], destination: "/c", intoDirectory: true }]],
  [
    "COPY a b* c? d /e/",
    [
      { sources: ["/a"], destination: "/e", intoDirectory: true },
      { sources: ["/b*", "/c?"], destination: "/e", intoDirectory: true, required: false },
      { sources: ["/d"], destination: "/e", intoDirectory: true },
    ],
  ],
  ["COPY a\\\\*b /c", [{ sources: ["/a\\*b"], destination: "/c" }]],
  [
    "COPY --chown=app:app --chmod=0640 --exclude=*.o --exclude=x a /c",
    [{ sources: ["/a"], destination: "/c", owner: "app:app", mode: "0640", exclude: ["*.o", "x"] }],
  ],
  ["COPY --chmod=u=rwX,go-w a /c", [{ sources: ["/a"], destination: "/c", mode: "u=rwX,go-w" }]],
  [
    "COPY --parents a/b x/./y/*.c /c/",
    [
      { sources: ["/a/b"], destination: "/c", intoDirectory: true, parents: true },
      { sources: ["/x/./y/*.c"], destination: "/c", intoDirectory: true, parents: true, required: false },
    ],
  ],
  ["ADD a.tar /c/", [{ sources: ["/a.tar"], destination: "/c", intoDirectory: true, unpack: true }]],
  ["ADD --unpack=false a.tar /c", [{ sources: ["/a.tar"], destination: "/c" }]],
];

describe("COPY and ADD", () => {
  for (const [instruction, expected] of copies)
    test(instruction, async () => {
      expect(await actions(instruction)).toEqual(expected.map((action) => ({ ...plain, ...action })));
    });

  test("heredocs are files, with their variables unless the name is quoted", async () => {
    const { tree } = await convertOne("FROM debian\nENV v=1\nCOPY <<a <<'b' /d/\nit's \"$v\"\na\n$v\nb");
    expect(actionsOf(tree)).toEqual([
      { action: "write", path: "/d/a", content: 'it\'s "1"\n', mode: 0o644 },
      { action: "write", path: "/d/b", content: "$v\n", mode: 0o644 },
    ]);
    expect(await actions("COPY --chown=1:2 --chmod=u=r <<a /d\n\na")).toEqual([
      { action: "write", path: "/d", name: "a", content: "\n", mode: "u=r", owner: "1:2" },
    ]);
  });

  test("--link makes a layer of its own", async () => {
    const { tree } = await convertOne("FROM debian\nCOPY --link a /c");
    expect(names(tree)).toEqual([
      "[1/2] FROM docker.io/library/debian:latest",
      "[internal] load build context",
      "[2/2] COPY --link a /c",
      "[2/2] LINK COPY --link a /c",
    ]);
    expect(tree?.op.kind).toBe("link");
    expect(tree?.inputs[1]?.inputs[0]).toBeUndefined();
    expect(actionsOf(tree)).toEqual([{ ...plain, sources: ["/a"], destination: "/c", replaceLinks: true }]);
  });

  test("the same Dockerfile has the same times", async () => {
    const time = async (buildArgs: Record<string, string>) => {
      const { tree } = await convertOne("FROM debian\nWORKDIR /w", { options: { buildArgs } });
      return tree?.op.kind === "file" ? tree.op.time : undefined;
    };
    expect(await time({})).toBe(Date.UTC(1980, 0, 1) / 1000);
    expect(await time({ SOURCE_DATE_EPOCH: "7" })).toBe(7);
  });

  test("WORKDIR belongs to the user", async () => {
    const { tree } = await convertOne("FROM debian\nUSER app\nWORKDIR /w/x");
    expect(actionsOf(tree)).toEqual([{ action: "mkdir", path: "/w/x", mode: 0o755, owner: "app" }]);
  });
});

describe("ADD of the web", () => {
  const checksum = digestOf("x");

  test("a URL is one file; it is not unpacked unless that is asked for", async () => {
    const { tree } = await convertOne(
      `FROM debian\nADD --checksum=${checksum} --unpack https://example.org/a/b%20c.tgz?x=y /d/`,
    );
    const [, file] = tree?.inputs ?? [];
    expect(file?.op).toEqual({
      kind: "http",
      url: "https://example.org/a/b%20c.tgz?x=y",
      checksum,
      filename: "b c.tgz",
    });
    expect(actionsOf(tree)).toEqual([
      { ...plain, sources: ["/b c.tgz"], destination: "/d", intoDirectory: true, unpack: true },
    ]);
  });

  test("a repository is a directory", async () => {
    const commit = "0123456789012345678901234567890123456789";
    const { tree } = await convertOne(
      `FROM debian\nADD --keep-git-dir --checksum=${commit} https://example.org/a.git?branch=b#:dir /d`,
    );
    expect(vertices(tree).find(({ op }) => op.kind === "git")?.op).toEqual({
      kind: "git",
      remote: "https://example.org/a.git",
      ref: "refs/heads/b",
      subdirectory: "dir",
      checksum: commit,
      keepGitDirectory: true,
    });
    expect(actionsOf(tree)).toEqual([{ ...plain, sources: ["/"], destination: "/d" }]);
    const ssh = await convertOne("FROM debian\nADD git@example.org:a/b.git#v1 /d");
    expect(vertices(ssh.tree).find(({ op }) => op.kind === "git")?.op).toMatchObject({
      remote: "git@example.org:a/b.git",
      ref: "v1",
    });
  });

  for (const [instruction, message] of [
    ["COPY https://example.org/a /b", "source can't be a URL for COPY"],
    ["COPY https://example.org/a.git /b", "source can't be a git ref for COPY"],
    [`ADD --checksum=${checksum} a /b`, "checksum requires HTTP(S) or Git sources"],
    [
      `ADD --checksum=${checksum} https://a/b https://a/c /b`,
      "checksum can't be specified for multiple sources",
    ],
    [
      "ADD --checksum=md5:1 https://a/b /b",
      "invalid checksum md5:1: sha256: and 64 hexadecimal digits are expected",
    ],
    ["ADD --keep-git-dir=false https://a/b.git?keep-git-dir /b", "inconsistent keep-git-dir configuration"],
    ["ADD https://a/b.git?ref=x#y /b", 'ref conflicts: "y" vs "x"'],
    ["ADD https://a/b.git?foo=x /b", 'unexpected query "foo"'],
    [
      "COPY --chmod=99999 a b",
      "invalid chmod parameter: '99999'. it should be octal string and between 0 and 07777",
    ],
    [
      "COPY --chmod=u=q a b",
      "invalid chmod parameter: 'u=q'. it should be octal, or symbolic such as u=rwX,go=rX",
    ],
  ])
    test(`${instruction}: ${message}`, async () => {
      const error = await failure(`FROM debian\n${instruction}`);
      expect([error.message, error.range.start.line]).toEqual([message!, 2]);
    });
});
