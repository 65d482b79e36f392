import { expect, test } from "bun:test";
import { RestartBackoff, shouldRestart } from "./restart-policy.ts";

test("the delay doubles up to a minute and falls back after a stable run", () => {
  const backoff = new RestartBackoff();
  const delays = Array.from({ length: 12 }, () => backoff.next(10));
  expect(delays.slice(0, 4)).toEqual([100, 200, 400, 800]);
  expect(delays.at(-1)).toBe(60_000);
  expect(backoff.next(10_000)).toBe(100);
  expect(backoff.next(9_999)).toBe(200);
  backoff.reset();
  expect(backoff.next(0)).toBe(100);
});

test("policies", () => {
  const failed = { exitCode: 1, restartCount: 0, stopped: false };
  const done = { ...failed, exitCode: 0 };
  expect(shouldRestart({ Name: "no" }, failed)).toBe(false);
  expect(shouldRestart(null, failed)).toBe(false);
  expect(shouldRestart({ Name: "always" }, done)).toBe(true);
  expect(shouldRestart({ Name: "unless-stopped" }, done)).toBe(true);
  expect(shouldRestart({ Name: "always" }, { ...failed, stopped: true })).toBe(false);
  expect(shouldRestart({ Name: "on-failure" }, done)).toBe(false);
  expect(shouldRestart({ Name: "on-failure" }, { ...failed, restartCount: 99 })).toBe(true);
  const twice = { Name: "on-failure", MaximumRetryCount: 2 } as const;
  expect(shouldRestart(twice, { ...failed, restartCount: 1 })).toBe(true);
  expect(shouldRestart(twice, { ...failed, restartCount: 2 })).toBe(false);
});
