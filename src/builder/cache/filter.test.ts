import { expect, test } from "bun:test";
import { itemFilter } from "./filter.ts";
import type { CacheItem } from "./item.ts";

const item: CacheItem = {
  id: "abc123",
  parents: ["fed987"],
  type: "regular",
  description: "[2/3] RUN make",
  inUse: false,
  shared: true,
  size: 1,
  createdAt: 0,
  lastUsedAt: Date.now() - 7_200_000,
  usageCount: 1,
  layers: [],
};

test.each<[string, string, boolean]>([
  ["id", "bc1", true],
  ["id", "^bc", false],
  ["id!", "abc123", false],
  ["parent", "fed", true],
  ["parents", "987", false],
  ["parents~", "987", true],
  ["type", "regular", true],
  ["type!", "regular", false],
  ["type!", "source.local", true],
  ["description", "RUN make", false],
  ["description~", "RUN m", true],
  ["inuse", "true", false],
  ["shared", "", true],
  ["private", "1", false],
  ["until", "1h", true],
  ["until", "3h", false],
  ["label", "a", false],
])("%s=%s: %p", (name, value, chosen) => {
  expect(itemFilter({ [name]: [value] })(item)).toBe(chosen);
});

test("filters that mean nothing are refused", () => {
  expect(() => itemFilter({ "description~": ["("] })).toThrow("it is no regular expression");
  expect(() => itemFilter({ "inuse~": ["x"] })).toThrow("invalid filter 'inuse~'");
  expect(() => itemFilter({ inuse: ["maybe"] })).toThrow("use true or false");
});
