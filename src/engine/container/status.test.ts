import { expect, test } from "bun:test";
import { humanDuration, statusText, statusWord } from "./status.ts";
import { testRecord } from "./testing.ts";

const second = 1_000_000_000n;

test.each([
  [0n, "Less than a second"],
  [1n * second, "1 second"],
  [59n * second, "59 seconds"],
  [60n * second, "About a minute"],
  [119n * second, "About a minute"],
  [120n * second, "2 minutes"],
  [3600n * second, "About an hour"],
  [5399n * second, "About an hour"],
  [5400n * second, "2 hours"],
  [47n * 3600n * second, "47 hours"],
  [48n * 3600n * second, "2 days"],
  [14n * 86400n * second, "2 weeks"],
  [60n * 86400n * second, "2 months"],
  [730n * 86400n * second, "2 years"],
])("%d ns is %p", (span, text) => {
  expect(humanDuration(span)).toBe(text);
});

test("the state's words and texts are Docker's", () => {
  const now = 1_700_000_120n * second;
  const at = "2023-11-14T22:13:20Z";
  const state = (changes: object) => testRecord({ state: { ...testRecord({}).state, ...changes } });
  const text = (changes: object, health?: "healthy" | "starting") =>
    statusText(state(changes), health && { Status: health, FailingStreak: 0, Log: [] }, now);
  expect(text({})).toBe("Created");
  expect(text({ status: "running", startedAt: at })).toBe("Up 2 minutes");
  expect(text({ status: "running", startedAt: at }, "healthy")).toBe("Up 2 minutes (healthy)");
  expect(text({ status: "running", startedAt: at }, "starting")).toBe("Up 2 minutes (health: starting)");
  expect(text({ status: "paused", startedAt: at })).toBe("Up 2 minutes (Paused)");
  expect(text({ status: "restarting", exitCode: 3, startedAt: at, finishedAt: at })).toBe(
    "Restarting (3) 2 minutes ago",
  );
  expect(text({ status: "exited", exitCode: 1, startedAt: at, finishedAt: at })).toBe(
    "Exited (1) 2 minutes ago",
  );
  expect(statusWord(testRecord({ removing: true }))).toBe("removing");
  expect(statusWord(state({ status: "exited", exitCode: 127 }))).toBe("created");
});
