import { expect, test } from "bun:test";
import { Mutex } from "./mutex.ts";

test("work takes turns in order, also after a failure", async () => {
  const mutex = new Mutex();
  const seen: string[] = [];
  const first = mutex.run(async () => {
    seen.push("first in");
    await Promise.resolve();
    seen.push("first out");
    throw new Error("no");
  });
  const second = mutex.run(() => seen.push("second"));
  expect(first).rejects.toThrow("no");
  await second;
  expect(seen).toEqual(["first in", "first out", "second"]);
});
