import { expect, test } from "bun:test";
import { naturally } from "./natural.ts";
import { goTimeOf } from "./time.ts";

test("numbers within names count by their value", () => {
  const names = ["web10", "web2", "a", "web", "web02", "10", "9", "b2c10", "b2c9", "b10"];
  expect(names.sort(naturally)).toEqual([
    "9",
    "10",
    "a",
    "b2c9",
    "b2c10",
    "b10",
    "web",
    "web02",
    "web2",
    "web10",
  ]);
});

test("times as Go prints them", () => {
  expect(goTimeOf("2024-05-01T08:00:00Z")).toBe("2024-05-01 08:00:00 +0000 UTC");
  expect(goTimeOf("2024-05-01T08:00:00.250000000Z")).toBe("2024-05-01 08:00:00.25 +0000 UTC");
  expect(goTimeOf("2024-05-01T08:00:00.100+02:00")).toBe("2024-05-01 08:00:00.1 +0200 +0200");
  expect(goTimeOf("")).toBe("");
});
