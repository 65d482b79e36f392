import { describe, expect, test } from "bun:test";
import { BrokenOutput, takenFrom } from "./broken-output.ts";

async function* pieces(error?: Error) {
  yield new Uint8Array([1]);
  if (error !== undefined) throw error;
}

describe("an output of the engine", () => {
  test("comes as it is", async () => {
    expect(await Array.fromAsync(takenFrom(Promise.resolve(pieces())))).toEqual([new Uint8Array([1])]);
  });

  test("that breaks is told from what breaks here", async () => {
    const broken = takenFrom(Promise.resolve(pieces(new Error("gone"))));
    await expect(Array.fromAsync(broken)).rejects.toBeInstanceOf(BrokenOutput);
    await expect(Array.fromAsync(takenFrom(Promise.reject(new Error("gone"))))).rejects.toBeInstanceOf(
      BrokenOutput,
    );
    const here = async () => {
      for await (const _ of takenFrom(Promise.resolve(pieces()))) throw new RangeError("full");
    };
    await expect(here()).rejects.toBeInstanceOf(RangeError);
  });
});
