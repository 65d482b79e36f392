import { afterAll, beforeAll, expect, jest, test } from "bun:test";
import { TimeBudget } from "./time-budget.ts";

beforeAll(() => {
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});

test("gives its share anew after each window, and counts no interruption", async () => {
  const budget = new TimeBudget(3, 100);
  budget.spend(500);
  budget.spend(0.5);
  budget.spend(0.5);
  expect(budget.isSpent).toBe(false);
  budget.spend(1);
  expect(budget.isSpent).toBe(true);
  const renewed = budget.renewed();
  jest.advanceTimersByTime(99);
  expect(budget.isSpent).toBe(true);
  jest.advanceTimersByTime(1);
  await renewed;
  expect(budget.isSpent).toBe(false);
  await budget.renewed();
});
