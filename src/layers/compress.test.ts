import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compressLayer } from "./index.ts";

setDefaultTimeout(60_000);

let root: string;
beforeEach(() => {
  root = mkdtempSync("/tmp/slipway-compress-");
});
afterEach(() => rmSync(root, { recursive: true }));

function blob(bytes: Uint8Array): string {
  const path = join(root, "blob");
  writeFileSync(path, bytes);
  return path;
}

const compressed = (path: string) => new Response(compressLayer(path)).bytes();

async function gunzipped(bytes: Uint8Array): Promise<Buffer> {
  const child = Bun.spawn(["gzip", "-dc"], { stdin: bytes, stdout: "pipe" });
  const output = Buffer.from(await new Response(child.stdout).arrayBuffer());
  expect(await child.exited).toBe(0);
  return output;
}

test("gzip gives back what was compressed, which is the same each time", async () => {
  const text = Buffer.from("all work and no play makes Jack a dull boy\n".repeat(60_000));
  const layer = Buffer.concat([text, crypto.getRandomValues(Buffer.alloc(60_000)), text, Buffer.from("end")]);
  const path = blob(layer);
  const first = await compressed(path);
  expect(first.length).toBeLessThan(layer.length / 10);
  expect((await gunzipped(first)).equals(layer)).toBe(true);
  expect(Buffer.from(await compressed(path)).equals(first)).toBe(true);
});

test("nothing compresses to nothing", async () => {
  expect((await gunzipped(await compressed(blob(Buffer.alloc(0))))).length).toBe(0);
});

test("a layer that cannot be read is an error of the stream", async () => {
  await expect(compressed(join(root, "missing"))).rejects.toMatchObject({ details: { errno: "ENOENT" } });
});
