import { expect, test } from "bun:test";
import { release } from "./release.ts";

test("the memory of a view that has all of it is given back", () => {
  const bytes = new Uint8Array(100_000).fill(7);
  release(bytes);
  expect(bytes.length).toBe(0);
});

test("memory that may be others' stays", () => {
  const whole = new Uint8Array(100_000).fill(7);
  release(whole.subarray(1));
  release(whole.subarray(0, 50_000));
  expect(whole.every((byte) => byte === 7)).toBe(true);
  const small = Buffer.from("of a pool");
  release(small);
  expect(small.toString()).toBe("of a pool");
});
