import { expect, test } from "bun:test";
import type { Health } from "../../api/index.ts";
import { healthPlan, judge } from "./health.ts";

const result = (ExitCode: number) => ({ Start: "", End: "", ExitCode, Output: "" });
const starting: Health = { Status: "starting", FailingStreak: 0, Log: [] };

test("what is left out of a health check has Docker's defaults", () => {
  expect(healthPlan({ Healthcheck: { Test: ["CMD", "true"] } })).toEqual({
    command: ["true"],
    interval: 30_000,
    timeout: 30_000,
    startPeriod: 0,
    startInterval: 5_000,
    retries: 3,
  });
  expect(healthPlan({ Healthcheck: { Test: ["CMD-SHELL", "exit 1"] } })?.command).toEqual([
    "/bin/sh",
    "-c",
    "exit 1",
  ]);
  expect(healthPlan({ Healthcheck: { Test: ["NONE"] } })).toBeUndefined();
  expect(healthPlan({})).toBeUndefined();
});

test("failures add up to unhealthy, one success is healthy", () => {
  let health = starting;
  health = judge(health, result(1), 2, false);
  expect(health).toMatchObject({ Status: "starting", FailingStreak: 1 });
  health = judge(health, result(1), 2, false);
  expect(health).toMatchObject({ Status: "unhealthy", FailingStreak: 2 });
  health = judge(health, result(0), 2, false);
  expect(health).toMatchObject({ Status: "healthy", FailingStreak: 0 });
});

test("failures in the start period are logged and do not count", () => {
  const health = judge(starting, result(1), 1, true);
  expect(health).toMatchObject({ Status: "starting", FailingStreak: 0 });
  expect(health.Log).toHaveLength(1);
  expect(judge({ ...starting, Status: "healthy" }, result(1), 1, true).Status).toBe("unhealthy");
});

test("the log keeps the last five results", () => {
  let health = starting;
  for (let code = 0; code < 8; code++) health = judge(health, result(code), 99, false);
  expect(health.Log.map(({ ExitCode }) => ExitCode)).toEqual([3, 4, 5, 6, 7]);
});
