import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { Silence } from "./silence.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test("work is done once after each time that something was heard", () => {
  const work = jest.fn();
  const silence = new Silence(100, work);
  jest.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(0);
  silence.heard();
  jest.advanceTimersByTime(99);
  silence.heard();
  jest.advanceTimersByTime(99);
  expect(work).toHaveBeenCalledTimes(0);
  jest.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(1);
  silence.heard();
  jest.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(2);
  silence.heard();
  silence[Symbol.dispose]();
  jest.advanceTimersByTime(1000);
  expect(work).toHaveBeenCalledTimes(2);
});
