import { expect, test } from "bun:test";
import { closeSync, readSync, writeSync } from "node:fs";
import { pipe } from "./fd.ts";
import { PollQueue } from "./poll-queue.ts";
import { openPty } from "./pty.ts";
import { POLLIN, POLLOUT, Pollable, PollQueues, type PollSource } from "./readiness.ts";

const refusing: PollSource = {
  submit: () => {
    throw new Error("no more requests");
  },
  cancel: () => undefined,
};
/** A queue whose bell cannot be read. */
const breaking = () =>
  new PollQueues(
    (onBroken) =>
      new PollQueue(onBroken, async function* () {
        yield await Promise.reject(new Error("bell"));
      }),
  );

async function state(promise: Promise<void>): Promise<"ready" | "pending"> {
  return await Promise.race([
    promise.then(() => "ready" as const),
    Bun.sleep(0).then(() => "pending" as const),
  ]);
}

const sources: [string, () => PollSource | undefined][] = [
  ["the kernel's queue", () => undefined],
  ["a source that takes no wait", () => refusing],
  ["a queue that breaks", breaking],
];

test.each(sources)("data, the end and cancel are told through %s", async (_name, makeSource) => {
  const [reading, writing] = pipe();
  const pollable = new Pollable(reading, makeSource());
  // The first wait may end without a reason: that of a queue that breaks does.
  await Promise.race([pollable.ready(POLLIN), Bun.sleep(0)]);
  pollable.cancel();
  const waiting = pollable.ready(POLLIN);
  expect(await state(waiting)).toBe("pending");
  writeSync(writing, "x");
  await waiting;
  expect(readSync(reading, new Uint8Array(8))).toBe(1);
  const ended = pollable.ready(POLLIN);
  expect(await state(ended)).toBe("pending");
  closeSync(writing);
  await ended;
  closeSync(reading);
});

test.each(sources)(
  "a terminal's input, and its room for output, are told through %s",
  async (_name, makeSource) => {
    const { master, slave } = openPty();
    const reading = new Pollable(master, makeSource());
    const writing = new Pollable(master, makeSource());
    await Promise.race([reading.ready(POLLIN), Bun.sleep(0)]);
    reading.cancel();
    const input = reading.ready(POLLIN);
    expect(await state(input)).toBe("pending");
    writeSync(slave, "x");
    await input;
    await writing.ready(POLLOUT);
    expect(readSync(master, new Uint8Array(2))).toBe(1);
    const again = reading.ready(POLLIN);
    reading.cancel();
    await again;
    closeSync(master);
    closeSync(slave);
  },
);

test.each(sources)("a wait that is taken back ends through %s", async (_name, makeSource) => {
  const [reading, writing] = pipe();
  const pollable = new Pollable(reading, makeSource());
  const waiting = pollable.ready(POLLIN);
  pollable.cancel();
  expect(await waiting).toBeUndefined();
  closeSync(writing);
  closeSync(reading);
});

test.each(sources)("a closed descriptor counts as ready through %s", async (_name, makeSource) => {
  const [reading, writing] = pipe();
  closeSync(writing);
  closeSync(reading);
  expect(await new Pollable(reading, makeSource()).ready(POLLIN)).toBeUndefined();
});
