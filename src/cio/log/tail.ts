import { closeSync, fstatSync } from "node:fs";
import type { LogCodec } from "./codec.ts";
import { LogCursor, type LogFiles, openIfThere, readAt } from "./cursor.ts";
import type { LogPosition } from "./driver.ts";
import { pathOfAge } from "./rotation.ts";

const FIRST_WINDOW_BYTES = 65536;

/** Where the last `count` records of a log start, found from its end backwards. */
export async function findTail(
  codec: LogCodec,
  files: LogFiles,
  oldest: number,
  count: number,
): Promise<LogPosition> {
  const end = files.end();
  let position = end;
  let missing = count;
  for (let generation = end.generation; missing > 0 && generation >= oldest; generation--) {
    const size = generation === end.generation ? end.offset : undefined;
    const found = await tailOfFile(codec, files, generation, size, missing);
    position = { generation, offset: found.offset };
    missing -= found.count;
  }
  return position;
}

interface Found {
  readonly offset: number;
  readonly count: number;
}

async function tailOfFile(
  codec: LogCodec,
  files: LogFiles,
  generation: number,
  knownSize: number | undefined,
  wanted: number,
): Promise<Found> {
  const fd = openIfThere(pathOfAge(files.path, files.end().generation - generation));
  if (fd === undefined) return tailByCounting(codec, files, generation, wanted);
  try {
    const size = fstatSync(fd).size;
    return await walkBack(codec, fd, knownSize ?? codec.soundEnd(fd, size), wanted);
  } finally {
    closeSync(fd);
  }
}

async function walkBack(codec: LogCodec, fd: number, size: number, wanted: number): Promise<Found> {
  let end = size;
  let count = 0;
  let window = FIRST_WINDOW_BYTES;
  while (end > 0 && count < wanted) {
    const base = Math.max(0, end - window);
    const block = new Uint8Array(end - base);
    let at = await readAt(fd, block, base);
    const before = count;
    while (count < wanted && at > 0) {
      const start = codec.lastRecord(block, 0, at);
      if (start < 0 && base > 0) break;
      at = Math.max(0, start);
      count++;
    }
    end = base + at;
    if (count === before) window *= 2;
  }
  return { offset: end, count };
}

/** For a compressed file, which can only be read forwards. */
async function tailByCounting(
  codec: LogCodec,
  files: LogFiles,
  generation: number,
  wanted: number,
): Promise<Found> {
  const decoder = codec.decoder();
  const starts: number[] = [];
  const cursor = new LogCursor(files, { generation, offset: 0 });
  let scratch = new Uint8Array();
  try {
    while (await cursor.fill({ generation, offset: Number.POSITIVE_INFINITY })) {
      if (scratch.length < cursor.block.length) scratch = new Uint8Array(cursor.block.length);
      for (;;) {
        const next = decoder.decode(cursor.block, cursor.start, cursor.end, scratch, 0);
        if (next < 0) break;
        starts.push(cursor.position.offset);
        cursor.start = next;
      }
    }
  } finally {
    cursor.close();
  }
  const count = Math.min(wanted, starts.length);
  return { offset: starts[starts.length - count] ?? 0, count };
}
