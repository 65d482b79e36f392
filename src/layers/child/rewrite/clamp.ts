import { readTar, type WritableEntry, writable, writeTar } from "../../../archive/index.ts";

/** The archive with no file younger than `latest`, nanoseconds since the epoch. */
export function clampTimes(layer: AsyncIterable<Uint8Array>, latest: bigint): AsyncIterable<Uint8Array> {
  async function* entries(): AsyncGenerator<WritableEntry> {
    for await (const entry of readTar(layer)) {
      const { mtime } = entry.header;
      yield writable(entry, { mtime: mtime > latest ? latest : mtime });
    }
  }
  return writeTar(entries());
}
