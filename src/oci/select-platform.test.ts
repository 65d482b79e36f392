import { expect, test } from "bun:test";
import { parsePlatform } from "./platform.ts";
import { listPlatforms, selectPlatform } from "./select-platform.ts";

const offer = (...texts: string[]) => texts.map((text) => ({ platform: parsePlatform(text) }));
const select = (offered: { platform?: ReturnType<typeof parsePlatform> }[], wanted: string) => {
  const found = selectPlatform(offered, parsePlatform(wanted));
  return found && listPlatforms([found]);
};

test("the same variant wins, then the newest older one", () => {
  const arms = offer("linux/arm/v5", "linux/arm/v7", "linux/arm/v6", "linux/arm64");
  expect(select(arms, "linux/arm/v7")).toBe("linux/arm/v7");
  expect(select(arms, "linux/arm")).toBe("linux/arm/v7");
  expect(select(arms, "linux/arm/v8")).toBe("linux/arm/v7");
  expect(select(arms, "linux/arm/v6")).toBe("linux/arm/v6");
  expect(select(arms, "linux/arm64/v8")).toBe("linux/arm64");
});

test("what needs a newer CPU or another system does not fit", () => {
  expect(select(offer("linux/amd64/v3"), "linux/amd64")).toBeUndefined();
  expect(select(offer("linux/amd64/v3", "linux/amd64"), "linux/amd64/v2")).toBe("linux/amd64");
  expect(select(offer("windows/amd64", "linux/s390x"), "linux/amd64")).toBeUndefined();
});

test("what says no platform is the last resort", () => {
  expect(select([{}, ...offer("linux/amd64")], "linux/amd64")).toBe("linux/amd64");
  expect(select([{}, ...offer("linux/arm64")], "linux/amd64")).toBe("any");
});
