import { expect, test } from "bun:test";
import { WarmPool } from "./warm-pool.ts";

async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("did not happen");
    await Bun.sleep(5);
  }
}

test("keeps its number ready and makes none before it is started", async () => {
  let made = 0;
  const pool = new WarmPool(
    2,
    () => ++made,
    (error) => expect(error).toBeUndefined(),
  );
  expect(pool.take()).toBeUndefined();
  pool.start();
  await eventually(() => made === 2);
  expect(pool.take((item) => item === 2)).toBe(2);
  expect(pool.take((item) => item === 2)).toBeUndefined();
  await eventually(() => made === 3);
  expect(pool.close()).toEqual([1, 3]);
  expect(pool.take()).toBeUndefined();
});

test("waits for the next request after a failure", async () => {
  let full = true;
  const failures: unknown[] = [];
  const make = () => {
    if (full) throw new Error("full");
    return 1;
  };
  const pool = new WarmPool(1, make, (error) => failures.push(error));
  pool.start();
  await eventually(() => failures.length === 1);
  full = false;
  expect(pool.take()).toBeUndefined();
  await eventually(() => pool.take() === 1);
  pool.close();
});
