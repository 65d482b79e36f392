import { expect, test } from "bun:test";
import { messageOf } from "../errors/index.ts";
import { WaitingOutputs } from "./waiting-outputs.ts";

async function* bytes(...pieces: number[]) {
  for (const piece of pieces) yield new Uint8Array([piece]);
}

function open() {
  const told: number[] = [];
  const abort = new AbortController();
  const outputs = new WaitingOutputs((index) => told.push(index), abort.signal);
  return { told, abort, outputs };
}

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "",
    (error: unknown) => messageOf(error),
  );

test("an output waits until somebody has taken all of it, once", async () => {
  const { told, outputs } = open();
  const offered = outputs.offer(2, bytes(1, 2));
  expect(told).toEqual([2]);
  expect(await Array.fromAsync(outputs.take(2))).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
  await offered;
  await expect(Array.fromAsync(outputs.take(2))).rejects.toMatchObject({ kind: "notFound" });
});

test("a client that takes half of an output has not taken it", async () => {
  const { outputs } = open();
  const failed = failureOf(outputs.offer(0, bytes(1, 2)));
  for await (const _ of outputs.take(0)) break;
  expect(await failed).toContain("did not take all of output 0");
});

test("what breaks the output breaks the offer, and so does the build's end", async () => {
  const { outputs, abort } = open();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array([1]);
    throw new Error("damaged");
  }
  const failed = failureOf(outputs.offer(0, broken()));
  expect(await failureOf(Array.fromAsync(outputs.take(0)))).toBe("damaged");
  expect(await failed).toBe("damaged");
  const waiting = failureOf(outputs.offer(1, bytes(1)));
  abort.abort(new Error("cancelled"));
  expect(await waiting).toBe("cancelled");
  expect(await failureOf(outputs.offer(2, bytes(1)))).toBe("cancelled");
});
