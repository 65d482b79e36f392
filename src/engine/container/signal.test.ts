import { expect, test } from "bun:test";
import { parseSignal } from "./signal.ts";

test.each([
  ["SIGTERM", 15],
  ["term", 15],
  ["9", 9],
  ["SIGRTMIN+3", 37],
  ["RTMAX-1", 63],
  ["rtmin", 34],
])("%s is %d", (text, number) => {
  expect(parseSignal(text)).toBe(number);
});

test.each(["", "0", "65", "SIGNOPE", "RTMIN+40", "RTMAX+1"])("%p is no signal", (text) => {
  expect(() => parseSignal(text)).toThrow(`invalid signal: ${text}`);
});
