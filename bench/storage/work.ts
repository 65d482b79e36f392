/**
 * What programs do with files, timed from inside: `bun work.ts DIRECTORY` does everything but deleting, `bun work.ts DIRECTORY unlink`
 * deletes what the first run left. Prints the milliseconds of each part as JSON. Runs by itself, on the host and in containers:
 * it imports nothing of the project.
 */
import { dlopen } from "bun:ffi";
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";

const megabytes = 128;
const syncs = 300;
const files = 20_000;
const block = Buffer.alloc(1 << 20, 0x5a);

const [directory = ".", only] = process.argv.slice(2);

function time(work: () => void): number {
  const begin = Bun.nanoseconds();
  work();
  return (Bun.nanoseconds() - begin) / 1e6;
}

function write(path: string): void {
  const file = openSync(path, "wx");
  for (let index = 0; index < megabytes; index++) writeSync(file, block);
  fsyncSync(file);
  closeSync(file);
}

/** Makes the next read of a file that is on disk come from there: posix_fadvise(2), POSIX_FADV_DONTNEED. */
function forget(path: string): void {
  const { symbols } = dlopen("libc.so.6", {
    posix_fadvise: { args: ["i32", "i64", "i64", "i32"], returns: "i32" },
  });
  const file = openSync(path, "r");
  if (symbols.posix_fadvise(file, 0, 0, 4) !== 0) throw new Error(`posix_fadvise ${path} failed`);
  closeSync(file);
}

function read(path: string): void {
  const file = openSync(path, "r");
  while (readSync(file, block) > 0);
  closeSync(file);
}

/** 4 KiB at a place that the same numbers choose everywhere, on disk before the next one. */
function writeAtRandom(path: string): void {
  const file = openSync(path, "r+");
  let place = 1;
  for (let index = 0; index < syncs; index++) {
    place = (place * 48_271) % 2_147_483_647;
    writeSync(file, block, 0, 4096, (place % (megabytes * 256)) * 4096);
    fdatasyncSync(file);
  }
  closeSync(file);
}

const each = (work: (path: string) => void) => () => {
  for (let index = 0; index < files; index++) work(`${directory}/d${index % 20}/f${index}`);
};

function everythingButUnlink() {
  const large = `${directory}/large`;
  mkdirSync(directory, { recursive: true });
  for (let index = 0; index < 20; index++) mkdirSync(`${directory}/d${index}`);
  const written = time(() => write(large));
  forget(large);
  return {
    write: written,
    read: time(() => read(large)),
    random: time(() => writeAtRandom(large)),
    create: time(each((path) => closeSync(openSync(path, "wx")))),
    stat: time(each((path) => statSync(path))),
    rename: time(each((path) => renameSync(path, `${path}x`))),
  };
}

const times =
  only === "unlink" ? { unlink: time(each((path) => unlinkSync(`${path}x`))) } : everythingButUnlink();
console.log(JSON.stringify(times));
