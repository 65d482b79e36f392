import { closeSync, fstatSync } from "node:fs";
import { cancelled } from "../../errors/index.ts";
import type { LogCodec } from "./codec.ts";
import { LogCursor, type LogFiles, openIfThere } from "./cursor.ts";
import type { LogPosition, LogQuery } from "./driver.ts";
import type { LogFile } from "./file.ts";
import { LogFormatter } from "./format.ts";
import { countRotated } from "./rotation.ts";
import { findTail } from "./tail.ts";

/**
 * Reads a log in big chunks. With `live`, the file as its writer knows it, `follow` waits for more until that
 * is closed; nothing polls. An abort ends the iteration with `cancelled`.
 */
export async function* readLog(
  codec: LogCodec,
  path: string,
  query: LogQuery,
  live: LogFile | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const files: LogFiles = live ? { path, end: () => live.written } : stillFiles(codec, path);
  // What comes while the start is looked for would be beyond the tail.
  const asked = files.end();
  const oldest = asked.generation - countRotated(path);
  const start =
    query.tail === undefined
      ? { generation: oldest, offset: 0 }
      : await findTail(codec, files, oldest, query.tail);
  const cursor = new LogCursor(files, start);
  const formatter = new LogFormatter(codec, query);
  let wake = (): void => undefined;
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  try {
    for (;;) {
      const more = query.follow && live && !live.closed ? live.changed() : undefined;
      yield* readUpTo(query.follow ? files.end() : asked, cursor, formatter, signal);
      if (!more || formatter.done) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) wake();
        void more.then(resolve);
      });
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    cursor.close();
  }
}

async function* readUpTo(
  limit: LogPosition,
  cursor: LogCursor,
  formatter: LogFormatter,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfAborted(signal);
  while (!formatter.done && (await cursor.fill(limit))) {
    for (let before = -1; before !== cursor.start; ) {
      before = cursor.start;
      const chunk = formatter.format(cursor);
      if (chunk.length > 0) yield chunk;
      throwIfAborted(signal);
    }
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled("reading the log was given up");
}

/** The files of a log that nobody writes; what a crash tore off at its end is left out. */
function stillFiles(codec: LogCodec, path: string): LogFiles {
  const fd = openIfThere(path);
  if (fd === undefined) return { path, end: () => ({ generation: 0, offset: 0 }) };
  const offset = codec.soundEnd(fd, fstatSync(fd).size);
  closeSync(fd);
  return { path, end: () => ({ generation: 0, offset }) };
}
