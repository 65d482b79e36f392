import { expect, test } from "bun:test";
import { pauseAfter } from "./watch.ts";

test("rules are looked at each second, and more rarely where that takes long", () => {
  expect(pauseAfter(0)).toBe(1_000);
  expect(pauseAfter(50)).toBe(1_000);
  expect(pauseAfter(100)).toBe(2_000);
  expect(pauseAfter(60_000)).toBe(5_000);
});
