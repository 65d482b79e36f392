import { describe, expect, test } from "bun:test";
import { IgnoreMatcher, readIgnoreFile } from "./index.ts";

describe("the ignore file", () => {
  test("comments, blanks, marks and slashes", () => {
    const text = "\uFEFF# a comment\r\n  a \r\n #not a comment\n\n/rooted/\n! b/../c\n!\n./d//e/\n/\n";
    expect(readIgnoreFile(text)).toEqual(["a", "#not a comment", "rooted", "!c", "!", "d/e", "/"]);
  });
});

/** Each: patterns, path, whether it is left out. From Docker's reference, "dockerignore files", and filepath.Match. */
const table: [string[], string, boolean][] = [
  [["*/temp*"], "somedir/temporary.txt", true],
  [["*/temp*"], "somedir/temp", true],
  [["*/temp*"], "a/b/temp", false],
  [["*/*/temp*"], "somedir/subdir/temporary.txt", true],
  [["temp?"], "tempa", true],
  [["temp?"], "temp", false],
  [["temp?"], "temp/", false],
  [["**/*.go"], "main.go", true],
  [["**/*.go"], "a/b/main.go", true],
  [["**/*.go"], "a/main.gox", false],
  [["*.md", "!README.md"], "README.md", false],
  [["*.md", "!README.md"], "other.md", true],
  [["*.md", "!README*.md", "README-secret.md"], "README-secret.md", true],
  [["*.md", "README-secret.md", "!README*.md"], "README-secret.md", false],
  [["**"], "a", true],
  [["**"], ".", false],
  [["*", "!src"], "src/deep/file", false],
  [["*", "!src"], "other/file", true],
  [["dir"], "dir/a/b", true],
  [["dir/"], "dir", true],
  [["dir/**"], "dir", false],
  [["dir/**"], "dir/a/b", true],
  [["**/dir"], "dir", true],
  [["**/dir"], "a/b/dir/c", true],
  [["**/dir"], "a/xdir", false],
  [["**dir"], "a/xdir", true],
  [["**/a/b"], "a/b", true],
  [["**/a/b"], "x/a/b", true],
  [["**/a/b"], "xa/b", false],
  [["a/**/b"], "a/b", true],
  [["a/**/b"], "a/x/y/b", true],
  [["a/**/b"], "a/xb", false],
  [["**/dir/**"], "x/dir/y", true],
  [["a*/b"], "abc/b", true],
  [["a*/b"], "a/x/b", false],
  [["[a-c]x"], "bx", true],
  [["[^a-c]x"], "bx", false],
  [["[^a-c]x"], "dx", true],
  [["[\\]a]x"], "]x", true],
  [["\\*"], "*", true],
  [["\\*"], "a", false],
  [["a.c"], "abc", false],
  [["a.c*"], "abc", false],
  [["(a)+{b}|$^*"], "(a)+{b}|$^c", true],
  [["é?"], "éü", true],
  [["a?"], "a😀", true],
  [["../a", "a/../../b"], "a", false],
  [["a", "!a/b", "a*"], "a/b", true],
  [["."], "a", false],
  [["/"], "a", false],
  [["foo/bar", "!foo"], "foo/bar", false],
];

describe("patterns", () => {
  for (const [patterns, path, excluded] of table)
    test(`${patterns.join(" ")} of ${path}`, () => {
      expect(new IgnoreMatcher(patterns).excludes(path)).toBe(excluded);
    });

  for (const pattern of ["[", "a[", "[]a]", "[a", "[a-]", "[-x]", "[a\\", "a\\", "[z-a]"])
    test(`${pattern} is malformed`, () => {
      expect(() => new IgnoreMatcher([pattern])).toThrow(`syntax error in pattern '${pattern}'`);
    });

  test("an exception of nothing is malformed", () => {
    expect(() => new IgnoreMatcher(["a", "!"])).toThrow('illegal exclusion pattern: "!"');
  });
});

describe("a walk", () => {
  test("goes into directories only for exceptions that can be there", () => {
    const matcher = new IgnoreMatcher(["!early/x", "*", "!src/*/keep", "!**/deep", "docs", "a/b"]);
    expect(matcher.excludes("src", true)).toBe(false);
    expect(matcher.excludes("docs", true)).toBe(true);
    const narrow = new IgnoreMatcher(["*", "!src/*/keep", "!src/x"]);
    expect(narrow.excludes("src", true)).toBe(false);
    expect(narrow.rule("src")).toEqual({ pattern: "*", exception: false });
    expect(narrow.excludes("src/a", true)).toBe(false);
    expect(narrow.excludes("src/a/keep", true)).toBe(false);
    expect(narrow.excludes("src/a/other", true)).toBe(true);
    expect(narrow.excludes("srcs", true)).toBe(true);
  });

  test("says which rule decided", () => {
    const matcher = new IgnoreMatcher(["*.log", "!keep.log", "build/"]);
    expect(matcher.rule("build/a/b")).toEqual({ pattern: "build", exception: false });
    expect(matcher.rule("keep.log")).toEqual({ pattern: "keep.log", exception: true });
    expect(matcher.rule("main.c")).toBeUndefined();
  });

  test("answers the same in any order", () => {
    const patterns = ["**/x", "!a/x/keep", "a/*/z", "!b"];
    const paths = ["a", "a/x", "a/x/keep", "a/y/z", "b", "b/x", "c/d/x/e", "a/x/keep/more"];
    const fresh = paths.map((path) => new IgnoreMatcher(patterns).excludes(path));
    const shared = new IgnoreMatcher(patterns);
    expect(paths.toReversed().map((path) => shared.excludes(path))).toEqual(fresh.toReversed());
  });
});
