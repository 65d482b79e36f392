import { closeSync, constants } from "node:fs";
import { errnoOf } from "../../errors/index.ts";
import { atName, makeDirectoryAt, openAt } from "../../os/at.ts";
import { encodeName } from "../name.ts";

const openDirectory = constants.O_RDONLY | constants.O_DIRECTORY;

/** A name in a directory that is open as long as no other place is asked for. */
export interface Place {
  readonly directory: number;
  readonly name: Buffer;
}

/**
 * Places below a directory, gone to by descriptors and without following a link: the ones that were gone through last
 * stay open, since an archive's neighbours are mostly in one directory.
 */
export class Places {
  /** Components below the top, and their descriptors. */
  readonly #path: string[] = [];
  readonly #opened: number[] = [];
  #parent = "";

  constructor(private readonly top: number) {}

  /** Directories on the way that are missing are made, as Docker makes them: with mode 0755. */
  at(parts: readonly string[]): Place {
    const parent = parts.slice(0, -1);
    const key = parent.join("/");
    if (key !== this.#parent) this.#go(parent);
    this.#parent = key;
    return { directory: this.#opened.at(-1) ?? this.top, name: nameOf(parts.at(-1) ?? ".") };
  }

  /** Lets go of what is open, such as when a directory gave way to something else. */
  close(): void {
    this.#leave(0);
    this.#parent = "";
  }

  #go(parent: readonly string[]): void {
    let common = 0;
    while (common < this.#path.length && this.#path[common] === parent[common]) common++;
    this.#leave(common);
    for (const part of parent.slice(common)) {
      const above = this.#opened.at(-1) ?? this.top;
      this.#opened.push(openOrMake(above, nameOf(part)));
      this.#path.push(part);
    }
  }

  #leave(depth: number): void {
    this.#path.length = depth;
    for (const fd of this.#opened.splice(depth)) closeSync(fd);
  }
}

const nameOf = (part: string): Buffer => atName(part.isWellFormed() ? part : encodeName(part));

function openOrMake(above: number, name: Buffer): number {
  try {
    return openAt(above, name, openDirectory);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  makeDirectoryAt(above, name, 0o755);
  return openAt(above, name, openDirectory);
}
