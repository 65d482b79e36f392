import { closeSync, openSync, writeSync } from "node:fs";
import type { TarHeader, TarSink } from "../../../archive/index.ts";
import { invalid } from "../../../errors/index.ts";
import type { ImageFiles } from "../../apply.ts";
import { firstBlock } from "./format.ts";
import { writeImage } from "./image.ts";
import { ImageBuilder, type ImagePolicy } from "./image-builder.ts";
import { DataArea } from "./sparse-content.ts";

/** Keeps a layer as its archive and a small EROFS image beside it that says where in the archive each file is. */
export class LayerImage implements TarSink {
  readonly #image: number;
  readonly #archive: number | undefined;
  readonly #area: DataArea;
  readonly #builder: ImageBuilder;
  #bytes = 0;

  /** The archive is written as well, unless it `isThere`. */
  constructor(
    files: ImageFiles,
    private readonly policy: ImagePolicy,
    options: { isThere: boolean },
  ) {
    this.#image = openSync(files.image, "wx", 0o600);
    this.#archive = options.isThere ? undefined : openSync(files.archive, "wx", 0o600);
    this.#area = new DataArea(this.#image, firstBlock);
    this.#builder = new ImageBuilder(policy, this.#area);
  }

  get size(): number {
    return this.#builder.size;
  }

  get entries(): number {
    return this.#builder.entries;
  }

  /** Each part of the archive, before its members. */
  archive(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#archive === undefined) return;
    const { maxBytes = Number.POSITIVE_INFINITY } = this.policy;
    // What is no file takes space too: headers, and whatever follows the archive's end.
    if (this.#bytes > maxBytes) throw invalid(`the archive has more than ${maxBytes} bytes, the limit`);
    for (let at = 0; at < chunk.length; ) at += writeSync(this.#archive, chunk, at);
  }

  entry(header: TarHeader, position: number): void {
    this.#builder.entry(header, position);
  }

  data(chunk: Uint8Array, offset: number): void {
    this.#builder.data(chunk, offset);
  }

  end(): void {}

  finish(): void {
    writeImage(this.#image, this.#builder.root, this.#area.end, this.#bytes);
    closeSync(this.#image);
    if (this.#archive !== undefined) closeSync(this.#archive);
  }
}
