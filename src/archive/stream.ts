import { invalid } from "../errors/index.ts";
import { TarDecoder } from "./decoder.ts";
import { encodeHeader, endOfArchive, padding } from "./encoder.ts";
import type { TarHeader } from "./header.ts";

/** A member and its content; what is not read of it is skipped. */
export interface TarEntry {
  readonly header: TarHeader;
  readonly body: AsyncIterable<Uint8Array>;
}

type Event = { header: TarHeader } | { chunk: Uint8Array; offset: number } | "end";

/** The members of an archive that arrives as a stream, one at a time; holes of sparse files come as zeros. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const events = eventsOf(source);
  for (let next = await events.next(); !next.done; next = await events.next()) {
    const event = next.value;
    if (event === "end" || !("header" in event)) continue;
    yield { header: event.header, body: bodyOf(event.header, events) };
  }
}

async function* eventsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Event, void> {
  let events: Event[] = [];
  const decoder = new TarDecoder({
    entry: (header) => events.push({ header }),
    data: (chunk, offset) => events.push({ chunk, offset }),
    end: () => events.push("end"),
  });
  for await (const chunk of source) {
    decoder.write(chunk);
    const batch = events;
    events = [];
    yield* batch;
  }
  decoder.finish();
}

async function* bodyOf(header: TarHeader, events: AsyncGenerator<Event, void>): AsyncGenerator<Uint8Array> {
  let position = 0;
  for (let next = await events.next(); !next.done && next.value !== "end"; next = await events.next()) {
    if (!("chunk" in next.value)) throw invalid("a member was read after the next one was asked for");
    yield* zeros(next.value.offset - position);
    const { chunk, offset } = next.value;
    // Afterwards it is its taker's.
    position = offset + chunk.length;
    yield chunk;
  }
  yield* zeros(header.size - position);
}

function* zeros(count: number): Generator<Uint8Array> {
  const size = 1 << 16;
  for (let left = count; left > 0; left -= size) yield new Uint8Array(Math.min(left, size));
}

/** An archive of the members given, ended properly. A body must be as long as its header says. */
export async function* writeTar(
  entries: AsyncIterable<WritableEntry> | Iterable<WritableEntry>,
): AsyncGenerator<Uint8Array> {
  for await (const { header, body } of entries) {
    yield encodeHeader(header);
    let written = 0;
    if (body instanceof Uint8Array) {
      written = body.length;
      yield body;
    } else if (body !== undefined) {
      for await (const chunk of body) {
        written += chunk.length;
        yield chunk;
      }
    }
    const expected = header.type === "file" ? header.size : 0;
    if (written !== expected)
      throw invalid(`"${header.name}" has ${written} bytes, not ${expected} as announced`);
    yield padding(written);
  }
  yield endOfArchive;
}

export interface WritableEntry {
  readonly header: TarHeader;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
}

/** A member that was read, to be written again, with other things in its header; holes of a sparse file are written as zeros. */
export function writable({ header, body }: TarEntry, changes: Partial<TarHeader> = {}): WritableEntry {
  const { sparse: _, ...rest } = header;
  const written = { ...rest, ...changes };
  return header.type === "file" ? { header: written, body } : { header: written };
}
