import assert from "node:assert";
import { test } from "node:test";
import { app } from "../src/app.js";

test("greets by name", async () => {
  const answer = await app.request("/greet/you");
  assert.strictEqual(await answer.text(), "hello, you");
});
