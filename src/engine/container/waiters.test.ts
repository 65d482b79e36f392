import { expect, test } from "bun:test";
import { Waiters } from "./waiters.ts";

const never = () => new AbortController().signal;

test("an exit wakes those who wait for it, removal wakes all", async () => {
  const waiters = new Waiters();
  const exit = waiters.wait("next-exit", never());
  const removal = waiters.wait("removed", never());
  waiters.exited({ exitCode: 3, error: "" });
  expect(await exit).toEqual({ exitCode: 3, error: "" });
  const late = waiters.wait("not-running", never());
  waiters.removed({ exitCode: 4, error: "" });
  expect((await removal).exitCode).toBe(4);
  expect((await late).exitCode).toBe(4);
});

test("who goes away waits no longer", async () => {
  const controller = new AbortController();
  const wait = new Waiters().wait("removed", controller.signal);
  controller.abort(new Error("gone"));
  expect(wait).rejects.toThrow("gone");
});

test("an exit within a time, or not", async () => {
  const waiters = new Waiters();
  const soon = waiters.exitWithin(10_000);
  waiters.exited({ exitCode: 0, error: "" });
  expect(await soon.happened).toBe(true);
  expect(await waiters.exitWithin(1).happened).toBe(false);
  const given = waiters.exitWithin(undefined);
  given.giveUp();
  expect(await given.happened).toBe(false);
});
