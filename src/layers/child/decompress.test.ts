import { describe, expect, test } from "bun:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { decompress } from "./decompress.ts";

const text = Buffer.from("all work and no play makes Jack a dull boy\n".repeat(4_000));
const content = Buffer.concat([text, crypto.getRandomValues(Buffer.alloc(60_000)), text]);

/** Hands pieces out in memory that is used again at once. */
function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const memory = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const count = Math.min(size, bytes.length - at);
    memory.set(bytes.subarray(at, at + count));
    yield memory.subarray(0, count);
  }
}

async function decompressed(bytes: Uint8Array, size = 1 << 17): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await decompress(pieces(bytes, size), (chunk) => chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

for (const [name, compress] of [
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
  ["no compression", (bytes: Buffer) => bytes],
] as const) {
  describe(name, () => {
    const compressed = compress(content);

    test.each([1 << 20, 1 << 17, 4097, 5])("comes back from pieces of %d bytes", async (size) => {
      expect((await decompressed(compressed, size)).equals(content)).toBe(true);
    });

    test("members one after the other are one archive", async () => {
      const members = Buffer.concat([compress(text), compress(Buffer.alloc(0)), compressed]);
      expect((await decompressed(members)).equals(Buffer.concat([text, content]))).toBe(true);
    });
  });
}

describe("gzip that is wrong", () => {
  const compressed = gzipSync(content);

  test("truncated anywhere, it is refused", async () => {
    for (const length of [7, 11, 1000, compressed.length - 1]) {
      await expect(decompressed(compressed.subarray(0, length))).rejects.toMatchObject({ kind: "invalid" });
    }
  });

  test("damaged, it is refused with zlib's reason", async () => {
    const damaged = Buffer.from(compressed);
    damaged.fill(0x5a, 500, 600);
    await expect(decompressed(damaged)).rejects.toThrow("damaged or truncated (Z_DATA_ERROR)");
    const wrongSum = Buffer.from(compressed);
    wrongSum[wrongSum.length - 5] = (wrongSum.at(-5) as number) ^ 1;
    await expect(decompressed(wrongSum)).rejects.toMatchObject({ kind: "invalid" });
  });

  test("zeros behind its end are ignored", async () => {
    const padded = Buffer.concat([compressed, Buffer.alloc(300_000)]);
    expect((await decompressed(padded)).equals(content)).toBe(true);
  });
});

test("what cannot be decompressed here is said by name", async () => {
  const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]);
  await expect(decompressed(xz)).rejects.toThrow("compressed with xz");
});
