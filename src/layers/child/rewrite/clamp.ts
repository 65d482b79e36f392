import { readTar, type WritableEntry, writeTar } from "../../../archive/index.ts";

/** The archive with no file younger than `latest`, nanoseconds since the epoch. */
export function clampTimes(layer: AsyncIterable<Uint8Array>, latest: bigint): AsyncIterable<Uint8Array> {
  async function* entries(): AsyncGenerator<WritableEntry> {
    for await (const { header, body } of readTar(layer)) {
      const { sparse: _, mtime, ...rest } = header;
      const member = { ...rest, mtime: mtime > latest ? latest : mtime };
      yield header.type === "file" ? { header: member, body } : { header: member };
    }
  }
  return writeTar(entries());
}
