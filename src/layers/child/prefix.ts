import { closeSync, constants, openSync } from "node:fs";
import { fsPath } from "../../archive/index.ts";
import type { ResumableSha256 } from "../../os/sha256.ts";
import { Output, type PackOutput } from "./output.ts";

/** How far the digest of a layer's archive was at the beginning of a member. */
export interface HashedPrefix {
  /** Bytes of the archive before it. */
  readonly at: number;
  /** Digest of all of these that is no file's content. */
  readonly headers: string;
  /** See ResumableSha256. */
  readonly state: string;
}

/** Prefixes are noted at the first member behind so many bytes. */
const step = 1 << 20;
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A part of the archive that may have to be hashed after all. */
type Skipped = Uint8Array | { readonly path: string; readonly size: number };

/**
 * The digest of an archive whose beginning is that of an earlier one: of that, the files are not read. It is the same
 * beginning when all that is no content is the same, and each content belongs to a file that the earlier layer has, too,
 * under the same path: a further name of it, in this process's root.
 */
export class PrefixDigest implements PackOutput {
  /** Those of this archive. */
  readonly prefixes: HashedPrefix[] = [];
  readonly #headers = new Bun.CryptoHasher("sha256");
  readonly #output: Output;
  /** Since the last place where the archives were the same; undefined when they differ from here on. */
  #skipped: Skipped[] | undefined = [];
  #at = 0;
  #noted = 0;
  #path = "";

  constructor(
    private readonly sha256: Pick<ResumableSha256, "update" | "state">,
    private readonly earlier: readonly HashedPrefix[],
    private readonly isSame: (path: string) => boolean,
  ) {
    this.#output = new Output((bytes) => sha256.update(bytes));
    if (earlier.length === 0) this.#skipped = undefined;
  }

  /** To be called before each member with its path. */
  member(path: string): void {
    this.#path = path;
    if (this.#at - this.#noted < step) return;
    this.#noted = this.#at;
    const headers = this.#headers.copy().digest("hex");
    if (this.#skipped !== undefined) {
      const known = this.earlier[this.prefixes.length];
      if (known?.at === this.#at && known.headers === headers) {
        this.prefixes.push(known);
        this.#skipped = [];
        return;
      }
      this.#part();
    }
    this.#output.flush();
    this.prefixes.push({ at: this.#at, headers, state: this.sha256.state });
  }

  write(bytes: Uint8Array): void {
    this.#headers.update(bytes);
    this.#at += bytes.length;
    if (this.#skipped === undefined) this.#output.write(bytes);
    else this.#skipped.push(bytes.slice());
  }

  copyFile(fd: number, size: number): void {
    this.#at += size;
    if (this.#skipped !== undefined && !this.isSame(this.#path)) this.#part();
    if (this.#skipped === undefined) this.#output.copyFile(fd, size);
    else this.#skipped.push({ path: this.#path, size });
  }

  flush(): void {
    this.#part();
    this.#output.flush();
  }

  /** From here on all is hashed, after what was skipped since the last place that is sure. */
  #part(): void {
    const skipped = this.#skipped ?? [];
    const wasSame = this.#skipped !== undefined;
    this.#skipped = undefined;
    const last = this.prefixes.at(-1);
    if (wasSame && last !== undefined) this.sha256.state = last.state;
    for (const part of skipped) {
      if (part instanceof Uint8Array) this.#output.write(part);
      else this.#copy(part);
    }
  }

  #copy({ path, size }: { path: string; size: number }): void {
    const fd = openSync(fsPath(path), readOnly);
    try {
      this.#output.copyFile(fd, size);
    } finally {
      closeSync(fd);
    }
  }
}
