import { expect, test } from "bun:test";
import { defaultLimits } from "./limits.ts";
import { backOff, isPassingStatus, retryAfter } from "./retry.ts";

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfter("7", now)).toBe(7000);
  expect(retryAfter("Thu, 01 Jan 2026 00:01:00 GMT", now)).toBe(60_000);
  expect(retryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now)).toBe(0);
  expect(retryAfter("soon", now)).toBeUndefined();
  expect(retryAfter(null, now)).toBeUndefined();
});

test("each wait is up to twice as long as the one before", () => {
  for (const [attempt, most] of [250, 500, 1000, 2000].entries()) {
    const wait = backOff(defaultLimits, attempt + 1);
    expect(wait).toBeGreaterThanOrEqual(most / 2);
    expect(wait).toBeLessThanOrEqual(most);
  }
});

test("only what may be other in a moment is asked again", () => {
  expect([408, 429, 500, 502, 503, 504].every(isPassingStatus)).toBe(true);
  expect([200, 400, 401, 403, 404, 416, 501].some(isPassingStatus)).toBe(false);
});
