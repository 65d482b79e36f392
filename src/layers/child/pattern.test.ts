import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { isPattern, matchesOf } from "./pattern.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync("/tmp/slipway-pattern-");
  mkdirSync(`${root}/dir/deep`, { recursive: true });
  for (const name of ["a.log", "b.log", ".c.log", "d[1]", "e-f", "dir/g.log", "dir/deep/h.log"])
    writeFileSync(`${root}/${name}`, "");
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ["*.log", ["a.log", "b.log"]],
  [".*.log", [".c.log"]],
  ["?.log", ["a.log", "b.log"]],
  ["[!a].log", ["b.log"]],
  ["[^a].log", ["b.log"]],
  ["[a-b].l[o]g", ["a.log", "b.log"]],
  ["d\\[1]", ["d[1]"]],
  ["d[[]1]", ["d[1]"]],
  ["e[-]f", ["e-f"]],
  ["*/*.log", ["dir/g.log"]],
  ["d*/", ["dir"]],
  ["*/deep/*", ["dir/deep/h.log"]],
  ["*.txt", []],
  ["none/*", []],
  ["a.log/*", []],
  ["d[", []],
])("%s", (pattern, matches) => {
  expect(matchesOf(`${root}/${pattern}`)).toEqual(matches.map((name) => `${root}/${name}`));
});

test("what is no pattern is told", () => {
  expect(["/a*", "/a?", "/[a]"].every(isPattern)).toBe(true);
  expect(isPattern("/plain-{a,b}/.x")).toBe(false);
  expect(() => matchesOf(`${root}/[z-a]`)).toThrow("no pattern");
});
