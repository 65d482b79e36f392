import { describe, expect, test } from "bun:test";
import { posix as node } from "node:path";
import { posix } from "./posix.ts";

const paths = [
  "",
  "/",
  ".",
  "..",
  "a",
  "a/",
  "a/b",
  "/a",
  "/a/b/",
  "./a",
  "a/.",
  "../a",
  "a/..",
  "a/../..",
  "/..",
  "/../a",
  "/a/./b/../c",
];
const odd = "\udcff\udcfe";

describe("paths", () => {
  test.each(paths)("%j is taken as node does", (path) => {
    expect(posix.normalize(path)).toBe(node.normalize(path));
    expect(posix.dirname(path)).toBe(node.dirname(path));
    expect(posix.basename(path)).toBe(node.basename(path));
    for (const other of paths) {
      expect(posix.join(path, other)).toBe(node.join(path, other));
      expect(posix.resolve("/", path, other)).toBe(node.resolve("/", path, other));
    }
  });

  test("of bytes that are no UTF-8 keep them", () => {
    expect(posix.normalize(`a/./${odd}`)).toBe(`a/${odd}`);
    expect(posix.join("/a", odd, "b")).toBe(`/a/${odd}/b`);
    expect(posix.resolve("/", `${odd}/`)).toBe(`/${odd}`);
    expect([posix.dirname(`${odd}/a`), posix.basename(`a/${odd}`)]).toEqual([odd, odd]);
  });
});
