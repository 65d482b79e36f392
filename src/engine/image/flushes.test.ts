import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { Flushes } from "./flushes.ts";

const nowhere = "/nonexistent/slipway";

test("what is written is on the disk when it is complete", async () => {
  const flushes = new Flushes(tmpdir());
  const flush = flushes.begin();
  for (let index = 0; index < 4; index++) flushes.wrote(100 << 20);
  await flushes.complete(flush);
  expect(flush.failure).toBeUndefined();
  flushes.end(flush);
});

test("a failure is that of all work under way, and of no other", async () => {
  const flushes = new Flushes(nowhere);
  const [first, second, ended] = [flushes.begin(), flushes.begin(), flushes.begin()];
  flushes.end(ended);
  await expect(flushes.complete(first)).rejects.toThrow("cannot write images to the disk");
  expect(second.failure).toMatchObject({ kind: "system" });
  expect(ended.failure).toBeUndefined();
  expect(flushes.begin().failure).toBeUndefined();
});

test("the failure of an early flush is told in the end", async () => {
  const flushes = new Flushes(nowhere);
  const flush = flushes.begin();
  flushes.wrote(100 << 20);
  const failure = await flushes.complete(flush).catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: "system" });
  expect(flush.failure).toMatchObject({ kind: "system" });
});
