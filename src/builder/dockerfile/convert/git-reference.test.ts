import { describe, expect, test } from "bun:test";
import { type GitReference, isGitReference, parseGitReference } from "./git-reference.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";

describe("a git reference", () => {
  test.each<[string, Partial<GitReference>]>([
    ["https://h/r.git", { ref: "", subdirectory: "", checksum: "" }],
    ["git@h:r.git#v1:a/b", { remote: "git@h:r.git", ref: "v1", subdirectory: "a/b" }],
    ["https://h/r.git#:dir", { ref: "", subdirectory: "dir" }],
    ["https://h/r.git?ref=x&subdir=/a/../b", { remote: "https://h/r.git", ref: "x", subdirectory: "b" }],
    ["https://h/r.git?tag=v1", { ref: "refs/tags/v1" }],
    ["https://h/r.git?branch=b&commit=abc", { ref: "refs/heads/b", checksum: "abc" }],
    ["https://h/r.git?keep-git-dir", { keepGitDirectory: true, submodules: undefined }],
    ["https://h/r.git?submodules=false&keep-git-dir=0", { keepGitDirectory: false, submodules: false }],
    ["https://h/r.git?submodules&mtime=commit", { submodules: true }],
    [`https://h/r.git?ref=x&checksum=${commit}&fetch-by-commit=true`, { ref: commit, checksum: commit }],
  ])("%s", (text, parts) => {
    expect(parseGitReference(text)).toMatchObject(parts);
  });

  test.each([
    ["https://h/r.git?x=1", 'unexpected query "x"'],
    ["https://h/r.git?ref=a&ref=b", 'query "ref" has multiple values'],
    ["https://h/r.git?ref=a#b", "ref conflicts"],
    ["https://h/r.git?ref=", 'query "ref" has no value'],
    ["https://h/r.git?submodules=x", 'invalid submodules value: "x"'],
    ["https://h/r.git?mtime=now", "invalid mtime value"],
    ["https://h/r.git?fetch-by-commit&checksum=abc", "requires a full commit SHA checksum"],
  ])("%s is none", (text, message) => {
    expect(() => parseGitReference(text)).toThrow(message);
  });

  test("is told from a path and from a file of the web", () => {
    const yes = ["git@h:r", "ssh://h/r", "git://h/r", "https://h/r.git?x#y", "http://h/r.git"];
    const no = ["a/b", "https://h/r.tgz", "https://h/r?x=.git", "./git@h:r"];
    expect(yes.map(isGitReference)).toEqual(yes.map(() => true));
    expect(no.map(isGitReference)).toEqual(no.map(() => false));
  });
});
