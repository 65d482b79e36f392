import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measureLayer } from "./diff.ts";
import { type AskedChild, Standby, standby } from "./standby.ts";

const directory = mkdtempSync("/tmp/slipway-standby-");
writeFileSync(join(directory, "file"), "content");

test("a child that waits is asked, and another one waits then; without one, a child is started", async () => {
  const plain = await measureLayer(directory);
  expect(plain).toMatchObject({ size: 7, inodes: 2 });
  using _ = standby.expect(["layer-diff"]);
  const first = standby.take("layer-diff") as AskedChild;
  expect(first.exitCode).toBeNull();
  first.kill();
  expect(await measureLayer(directory)).toEqual(plain);
  expect(await measureLayer(directory)).toEqual(plain);
  await expect(measureLayer("/nothing/here")).rejects.toThrow("ENOENT");
  await expect(measureLayer(directory, AbortSignal.timeout(0))).rejects.toThrow();
  rmSync(directory, { recursive: true });
});

test("one that has died is not asked, and all end a while after they are expected", async () => {
  const own = new Standby(20);
  const expected = own.expect(["layer-diff", "build-file"]);
  const dead = own.take("layer-diff") as AskedChild;
  dead.kill();
  await dead.exited;
  const next = own.take("layer-diff") as AskedChild;
  expect(next.pid).not.toBe(dead.pid);
  next.kill();
  const waiting = own.take("build-file") as AskedChild;
  waiting.stdin.end();
  expect(await waiting.exited).toBe(1);
  expected[Symbol.dispose]();
  for (let left = own.take("build-file"); left !== undefined; left = own.take("build-file")) {
    left.kill();
    await left.exited;
  }
  expect(own.take("layer-diff")).toBeUndefined();
});
