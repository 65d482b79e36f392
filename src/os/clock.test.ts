import { expect, test } from "bun:test";
import { nowNanoseconds, parseRfc3339, rfc3339Nano } from "./clock.ts";

test("time ascends", () => {
  let before = nowNanoseconds();
  for (let i = 0; i < 1000; i++) {
    const now = nowNanoseconds();
    expect(now >= before).toBe(true);
    before = now;
  }
});

test("RFC 3339 with nanoseconds goes both ways", () => {
  expect(rfc3339Nano(1_700_000_000_123_456_780n)).toBe("2023-11-14T22:13:20.12345678Z");
  expect(rfc3339Nano(1_700_000_000_000_000_000n)).toBe("2023-11-14T22:13:20Z");
  expect(parseRfc3339("2023-11-14T22:13:20.12345678Z")).toBe(1_700_000_000_123_456_780n);
  expect(parseRfc3339("2023-11-15T00:13:20.5+02:00")).toBe(1_700_000_000_500_000_000n);
  expect(() => parseRfc3339("yesterday")).toThrow(RangeError);
});
