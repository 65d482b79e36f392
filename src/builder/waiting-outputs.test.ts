import { expect, test } from "bun:test";
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
  const failed = expect(outputs.offer(0, bytes(1, 2))).rejects.toThrow("did not take all of output 0");
  for await (const _ of outputs.take(0)) break;
  await failed;
});

test("what breaks the output breaks the offer, and so does the build's end", async () => {
  const { outputs, abort } = open();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array([1]);
    throw new Error("damaged");
  }
  const failed = expect(outputs.offer(0, broken())).rejects.toThrow("damaged");
  await expect(Array.fromAsync(outputs.take(0))).rejects.toThrow("damaged");
  await failed;
  const waiting = expect(outputs.offer(1, bytes(1))).rejects.toThrow("cancelled");
  abort.abort(new Error("cancelled"));
  await waiting;
  await expect(outputs.offer(2, bytes(1))).rejects.toThrow("cancelled");
});
