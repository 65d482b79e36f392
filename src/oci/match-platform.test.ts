import { describe, expect, test } from "bun:test";
import { distance, isSamePlatform } from "./match-platform.ts";
import { parsePlatform } from "./platform.ts";

const between = (offered: string, wanted: string) => distance(parsePlatform(offered), parsePlatform(wanted));

describe("what runs on a platform, what suits it best first", () => {
  test.each([
    ["linux/amd64", ["linux/amd64", "linux/386"]],
    ["linux/amd64/v3", ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64/v1", "linux/386"]],
    ["linux/386", ["linux/386"]],
    ["linux/arm", ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]],
    ["linux/arm/v7", ["linux/arm", "linux/arm/v6", "linux/arm/v5"]],
    ["linux/arm/v8", ["linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]],
    ["linux/arm/v6", ["linux/armel", "linux/arm/v5", "linux/arm"]],
    ["linux/arm64", ["linux/arm64/v8", "linux/arm/v8", "linux/armhf", "linux/arm/v6", "linux/arm/v5"]],
    ["linux/arm64/v8.2", ["linux/arm64/v8.2", "linux/arm64/v8.1", "linux/arm64/v8.0", "linux/arm/v8"]],
    ["linux/arm64/v9", ["linux/arm64/9", "linux/arm64/v8.5", "linux/arm64/v8.4"]],
    ["linux/s390x", ["linux/s390x"]],
    ["windows/amd64", ["windows/amd64"]],
  ])("%s", (wanted, offered) => {
    const ranks = offered.map((each) => between(each, wanted));
    expect(ranks[0]).toBe(0);
    expect(ranks.every((rank, at) => rank !== undefined && (at === 0 || rank > (ranks[at - 1] ?? 0)))).toBe(
      true,
    );
  });
});

test.each([
  ["linux/amd64/v2", "linux/amd64"],
  ["linux/amd64", "linux/386"],
  ["linux/arm/v7", "linux/arm/v6"],
  ["linux/arm/v8", "linux/arm/v7"],
  ["linux/arm64", "linux/arm/v8"],
  ["linux/arm64/v9", "linux/arm64/v8.9"],
  ["linux/amd64", "linux/arm64"],
  ["windows/amd64", "linux/amd64"],
])("%s does not run on %s", (offered, wanted) => {
  expect(between(offered, wanted)).toBeUndefined();
});

test("a platform that says no system is for Linux", () => {
  expect(distance({ os: "", architecture: "x86_64" }, parsePlatform("linux/amd64"))).toBe(0);
});

test.each([
  ["linux/arm64", "linux/arm64/v8", true],
  ["linux/aarch64", "linux/arm64", true],
  ["linux/amd64/v1", "linux/amd64", true],
  ["linux/arm", "linux/arm/v7", true],
  ["linux/arm/v6", "linux/arm/v7", false],
  ["linux/386", "linux/amd64", false],
])("whether %s is %s: %p", (one, other, same) => {
  expect(isSamePlatform(parsePlatform(one), parsePlatform(other))).toBe(same);
});
