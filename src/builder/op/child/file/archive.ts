import { closeSync, constants, readSync } from "node:fs";
import { TarDecoder } from "../../../../archive/index.ts";
import { invalid, messageOf, SlipwayError, unavailable } from "../../../../errors/index.ts";
import { type Compression, compressionOf, decompress } from "../../../../layers/child/decompress.ts";
import { Unpacker } from "../../../../layers/child/unpacker.ts";
import type { SourceTree } from "../source/tree.ts";
import type { DirectoryTimes } from "./times.ts";

const blockBytes = 512;
const chunkBytes = 1 << 17;

/** Programs that know what this process does not. */
const programs: Partial<Record<Compression, string>> = { bzip2: "bzip2", xz: "xz" };

/** An archive that is open and told by its content, whatever its name. */
export interface OpenArchive extends Disposable {
  /** Into a directory of this process's root; owners are the archive's. Times of directories are noted, not set. */
  unpack(directory: string, times: DirectoryTimes, time: bigint): Promise<void>;
}

/** Its bytes. */
interface Source extends Disposable {
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Undefined for what is no tar archive, compressed or not. To be called before a chroot: it may start a program. */
export async function openArchive(tree: SourceTree, path: string): Promise<OpenArchive | undefined> {
  const fd = tree.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const start = Buffer.alloc(blockBytes);
  const length = readSync(fd, start, 0, blockBytes, 0);
  const compression = compressionOf(start.subarray(0, length));
  const open = () => sourceOf(fd, compression);
  using resources = new DisposableStack();
  resources.defer(() => closeSync(fd));
  {
    using trial = open();
    if (!(await isTar(trial))) return undefined;
  }
  const source = resources.use(open());
  const opened = resources.move();
  return {
    unpack: (...target) => unpackArchive(source, ...target),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function sourceOf(fd: number, compression: Compression): Source {
  const program = programs[compression];
  if (program === undefined) return { chunks: () => pieces(fd), [Symbol.dispose]: () => undefined };
  const path = Bun.which(program);
  if (path === null)
    throw unavailable(
      `cannot unpack an archive compressed with ${program}: install the program ${program} on this host`,
    );
  const child = Bun.spawn([path, "-dc"], {
    stdin: Bun.file(`/proc/self/fd/${fd}`),
    stdout: "pipe",
    stderr: "ignore",
  });
  return { chunks: () => decompressed(child, program), [Symbol.dispose]: () => child.kill("SIGKILL") };
}

async function* decompressed(
  child: Bun.Subprocess<Blob, "pipe", "ignore">,
  program: string,
): AsyncGenerator<Uint8Array> {
  yield* child.stdout as unknown as AsyncIterable<Uint8Array>;
  if ((await child.exited) !== 0)
    throw invalid(`the archive's compression (${program}) is damaged or truncated`);
}

function* pieces(fd: number): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (let at = 0; ; ) {
    const count = readSync(fd, buffer, 0, chunkBytes, at);
    if (count === 0) return;
    at += count;
    yield buffer.subarray(0, count);
  }
}

class Enough extends Error {}

/** Whether it begins as a tar archive does: with a header whose checksum is right. */
async function isTar(archive: Source): Promise<boolean> {
  let start: Uint8Array = new Uint8Array(0);
  try {
    await decompress(archive.chunks(), (chunk) => {
      start = Buffer.concat([start, chunk.subarray(0, blockBytes)]);
      if (start.length >= blockBytes) throw new Enough();
    });
    return false;
  } catch (error) {
    if (error instanceof Enough) return hasChecksum(start.subarray(0, blockBytes));
    // A damaged compression: it is copied as the file that it is.
    if (error instanceof SlipwayError && error.kind === "invalid") return false;
    throw error;
  }
}

/** The header's bytes as numbers added up, its checksum counted as blanks (pax(1), ustar interchange format). */
function hasChecksum(header: Uint8Array): boolean {
  const text = Buffer.from(header.subarray(148, 156)).toString("latin1");
  const match = /^[ \0]*([0-7]+)[ \0]*$/.exec(text);
  if (match === null) return false;
  let sum = 8 * 0x20;
  for (const [at, byte] of header.entries()) if (at < 148 || at >= 156) sum += byte;
  return sum === Number.parseInt(match[1] ?? "", 8);
}

async function unpackArchive(
  archive: Source,
  directory: string,
  times: DirectoryTimes,
  time: bigint,
): Promise<void> {
  const unpacker = new Unpacker({
    directory: directory === "/" ? "" : directory,
    whiteouts: false,
    directories: { changing: (path) => times.keep(path), made: (path) => times.set(path, time) },
  });
  const decoder = new TarDecoder(unpacker);
  try {
    await decompress(archive.chunks(), (chunk) => decoder.write(chunk));
    decoder.finish();
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw invalid(`cannot unpack an archive: ${messageOf(error)}`, { cause: error });
  }
  for (const [path, own] of unpacker.finish()) times.set(path, own);
}
