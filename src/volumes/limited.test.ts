import { expect, test } from "bun:test";
import { runLimited } from "./limited.ts";

test("a program's words and status are told", async () => {
  const script = 'read line; echo "$line"; echo wrong >&2; exit 3';
  expect(await runLimited(["sh", "-c", script], { input: "hello\n" })).toEqual({
    status: 3,
    stdout: "hello\n",
    stderr: "wrong\n",
  });
});

test("one that does not end is killed with what it started", async () => {
  const hangs = runLimited(["sh", "-c", "sleep 1000 & wait"], { limit: 50 });
  await expect(hangs).rejects.toThrow("no answer within");
});

test("one that is not wanted any more is given up", async () => {
  const controller = new AbortController();
  const hangs = runLimited(["sleep", "1000"], { signal: controller.signal });
  controller.abort();
  await expect(hangs).rejects.toMatchObject({ kind: "cancelled" });
});

test("what stays behind in the background is not waited for", async () => {
  const { status } = await runLimited(["sh", "-c", "sleep 5 & exit 0"], {});
  expect(status).toBe(0);
});
