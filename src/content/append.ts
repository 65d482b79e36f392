import type { FileHandle } from "node:fs/promises";
import { GatheringWriter } from "./gathering-writer.ts";
import type { Expected, IngestOptions } from "./ingest.ts";
import { wrongSize } from "./verify.ts";

/** A blob that is not complete yet. */
export interface Growth {
  readonly path: string;
  /** Bytes that it has. */
  size: number;
  /** Has been given these. */
  readonly hasher: Bun.CryptoHasher;
}

/** Adds a source's bytes to a blob's file, hashing them. Whether the source ends or fails, what came is in the file. */
export async function append(
  file: FileHandle,
  growth: Growth,
  source: AsyncIterable<Uint8Array>,
  { size: limit }: Expected,
  { signal, onGrowth, owned = false }: IngestOptions,
): Promise<void> {
  const output = new GatheringWriter(file, { owned });
  const start = growth.size;
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      if (limit !== undefined && growth.size + chunk.length > limit) throw wrongSize(limit, "more than that");
      growth.size += chunk.length;
      growth.hasher.update(chunk);
      if (await output.write(chunk)) onGrowth?.(growth.path, start + output.written);
    }
  } finally {
    await output.flush();
  }
  onGrowth?.(growth.path, growth.size);
}
