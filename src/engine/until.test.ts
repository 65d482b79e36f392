import { expect, test } from "bun:test";
import { nowNanoseconds } from "../os/clock.ts";
import { parseUntil, untilOf } from "./until.ts";

test("times say when, with a zone to the nanosecond", () => {
  expect(parseUntil("1136073845.5")).toBe(1_136_073_845_500_000_000n);
  expect(parseUntil("2006-01-02T15:04:05.123456789Z")).toBe(1_136_214_245_123_456_789n);
  expect(parseUntil("2006-01-02T15:04:05+01:00")).toBe(1_136_210_645_000_000_000n);
});

test("times without a zone are the host's", () => {
  const midnight = BigInt(new Date(2006, 0, 2).getTime()) * 1_000_000n;
  for (const text of ["2006-01-02", "2006-01-02T00", "2006-01-02T00:00", "2006-01-02T00:00:00"])
    expect(parseUntil(text)).toBe(midnight);
});

test("ages are before now", () => {
  const age = nowNanoseconds() - parseUntil("1h30m1.5s");
  expect(Number(age) / 1e9).toBeCloseTo(5401.5, 0);
});

test("what is neither, and several, are refused", () => {
  for (const text of ["", "yesterday", "2006-13-40", "1d"])
    expect(() => parseUntil(text)).toThrow(/write a time or an age/);
  expect(() => untilOf({ until: ["1h", "2h"] })).toThrow("more than one until");
  expect(untilOf({})).toBeUndefined();
});
