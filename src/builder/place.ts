import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { unmountBelow } from "../os/mount.ts";

const prefix = "build-context-";

/** A directory in the data root for what a client sends, as long as the build lasts. */
export class BuildPlace implements AsyncDisposable {
  #count = 0;
  #directory: string | undefined;

  constructor(private readonly dataRoot: string) {}

  /** A new directory. */
  directory(): string {
    this.#directory ??= join(this.dataRoot, prefix + randomUUID());
    const path = join(this.#directory, String(++this.#count));
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#directory !== undefined) await remove(this.#directory);
  }
}

/** Deletes what builds of an engine that was killed have left. */
export async function removeLeftPlaces(dataRoot: string): Promise<void> {
  for (const name of await readdir(dataRoot)) if (name.startsWith(prefix)) await remove(join(dataRoot, name));
}

/** Nothing is deleted while something is mounted there: the files would go with it. */
async function remove(directory: string): Promise<void> {
  unmountBelow(directory);
  await rm(directory, { recursive: true, force: true });
}
