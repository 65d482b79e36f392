import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../oci/digest.ts";
import { type CompressedLayer, compressLayer } from "./index.ts";

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

async function compressed(path: string, threads = 1): Promise<Buffer> {
  const output = join(root, "output");
  const file = openSync(output, "w");
  let told: CompressedLayer;
  try {
    told = await compressLayer({ blob: path, threads }, file);
  } finally {
    closeSync(file);
  }
  const bytes = readFileSync(output);
  expect(told).toEqual({ digest: digestOf(bytes), size: bytes.length });
  return bytes;
}

async function gunzipped(bytes: Uint8Array): Promise<Buffer> {
  const child = Bun.spawn(["gzip", "-dc"], { stdin: bytes, stdout: "pipe" });
  const output = Buffer.from(await new Response(child.stdout).arrayBuffer());
  expect(await child.exited).toBe(0);
  return output;
}

function noise(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(buffer.subarray(at, at + 65_536));
  return buffer;
}

const text = Buffer.from("all work and no play makes Jack a dull boy\n".repeat(60_000));

test("gzip gives back what was compressed, which is the same each time and with any number of threads", async () => {
  const layer = Buffer.concat([text, noise(60_000), text, Buffer.from("end")]);
  const path = blob(layer);
  const first = await compressed(path);
  expect(first.length).toBeLessThan(layer.length / 10);
  expect((await gunzipped(first)).equals(layer)).toBe(true);
  for (const threads of [1, 2, 3]) expect((await compressed(path, threads)).equals(first)).toBe(true);
});

test("noise is stored, which makes it hardly longer", async () => {
  const layer = Buffer.concat([noise(3 << 20), text]);
  const bytes = await compressed(blob(layer), 2);
  expect(bytes.length).toBeLessThan((3 << 20) * 1.002 + text.length / 10);
  expect((await gunzipped(bytes)).equals(layer)).toBe(true);
});

test("nothing compresses to nothing", async () => {
  expect((await gunzipped(await compressed(blob(Buffer.alloc(0))))).length).toBe(0);
});

test("a layer that cannot be read is an error", async () => {
  await expect(compressed(join(root, "missing"))).rejects.toMatchObject({ details: { errno: "ENOENT" } });
});
