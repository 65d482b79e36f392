import { expect, test } from "bun:test";
import { RecentlyUsed } from "./recently-used.ts";

test("what was used least recently falls out, and only then", () => {
  const evicted: string[] = [];
  const recent = new RecentlyUsed<string>(2, (item) => evicted.push(item));
  for (const item of ["a", "b", "a", "c"]) recent.use(item);
  expect(evicted).toEqual(["b"]);
  recent.forget("a");
  recent.use("d");
  expect(evicted).toEqual(["b"]);
  recent.use("e");
  expect(evicted).toEqual(["b", "c"]);
});
