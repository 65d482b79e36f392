import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** The path of the file that was rotated away `age` rotations ago; 0 is the one being written. */
export function pathOfAge(path: string, age: number): string {
  return age === 0 ? path : `${path}.${age}`;
}

/** Moves each file of a log one place on and drops the oldest; afterwards `path` is free. */
export function shiftFiles(path: string, maxFiles: number): void {
  for (const suffix of ["", ".gz"]) rmSync(pathOfAge(path, maxFiles - 1) + suffix, { force: true });
  for (let age = maxFiles - 2; age >= 0; age--) {
    for (const suffix of ["", ".gz"]) {
      const from = pathOfAge(path, age) + suffix;
      if (existsSync(from)) renameSync(from, pathOfAge(path, age + 1) + suffix);
    }
  }
}

/** Moves files together that an engine was shifting when it was killed. */
export function closeGaps(path: string, maxFiles: number): void {
  let to = 1;
  for (let age = 1; age < maxFiles; age++) {
    const there = ["", ".gz"].filter((suffix) => existsSync(pathOfAge(path, age) + suffix));
    if (age !== to)
      for (const suffix of there) renameSync(pathOfAge(path, age) + suffix, pathOfAge(path, to) + suffix);
    if (there.length > 0) to++;
  }
}

/** The number of rotated files a log has. */
export function countRotated(path: string): number {
  let age = 0;
  while (existsSync(pathOfAge(path, age + 1)) || existsSync(`${pathOfAge(path, age + 1)}.gz`)) age++;
  return age;
}

/**
 * Replaces a rotated file by its compressed form; `path()` says where the file is by now, or undefined when
 * rotation has dropped it. Compression runs in the thread pool.
 */
export async function compressRotated(path: () => string | undefined): Promise<void> {
  const source = path();
  if (source === undefined) return;
  const temporary = `${source}.${process.pid}.tmp`;
  try {
    await pipeline(createReadStream(source), createGzip(), createWriteStream(temporary, { mode: 0o640 }));
    const target = path();
    if (target === undefined) return;
    // At once: a rotation in between would move another file to where this one was, and that would be lost.
    renameSync(temporary, `${target}.gz`);
    renameSync(target, temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}
