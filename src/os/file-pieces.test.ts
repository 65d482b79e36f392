import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filePieces } from "./file-pieces.ts";

const root = mkdtempSync("/tmp/slipway-pieces-");
afterAll(() => rmSync(root, { recursive: true }));

const content = Buffer.alloc(1_000_000);
for (let index = 0; index < content.length; index++) content[index] = index % 251;

async function read(path: string, offset?: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of filePieces(path, offset)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

test("a file comes in pieces, from an offset on", async () => {
  const path = join(root, "file");
  writeFileSync(path, content);
  expect((await read(path)).equals(content)).toBe(true);
  expect((await read(path, 300_001)).equals(content.subarray(300_001))).toBe(true);
  expect((await read(path, content.length)).length).toBe(0);
});

test("a piece is what it was while the next is there", async () => {
  const path = join(root, "file");
  writeFileSync(path, content);
  let former: Uint8Array | undefined;
  let at = 0;
  for await (const piece of filePieces(path)) {
    if (former) expect(Buffer.compare(former, content.subarray(at - former.length, at))).toBe(0);
    former = piece;
    at += piece.length;
  }
  expect(at).toBe(content.length);
});

test("a file that is not there is an error with its name", async () => {
  await expect(read(join(root, "missing"))).rejects.toMatchObject({ code: "ENOENT" });
});
