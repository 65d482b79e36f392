import { closeSync, openSync, readSync } from "node:fs";
import { type ApplyProgress, GrowingLayer } from "../../layers/index.ts";
import type { OnProgress, StagedLayer, Stager } from "./staged-layer.ts";

/** So many bytes decide what a blob is: a header block of a tar archive. */
const startBytes = 512;

/** Unpacks a blob that is being written, if its first bytes are those of a layer. */
export class BlobFollower {
  /** Absent for what is no layer, as far as one can tell. */
  staged: Promise<StagedLayer> | undefined;
  onProgress: OnProgress | undefined;
  #decided = false;
  #complete = false;
  #size = 0;
  #unpacked = 0;
  #layer: GrowingLayer | undefined;

  constructor(private readonly stager: Stager) {}

  /** The blob's file has so many bytes now. */
  grown(path: string, size: number): void {
    this.stager.wrote(size - this.#size);
    this.#size = size;
    if (!this.#decided && size >= startBytes) this.#decide(path);
    this.#layer?.grown();
  }

  #tell({ read, unpacked }: ApplyProgress): void {
    this.stager.wrote(unpacked - this.#unpacked);
    this.#unpacked = unpacked;
    this.onProgress?.({ read, size: this.#size, unpacked });
  }

  /** The blob will not grow any more, whether it is complete or given up. */
  complete(): void {
    this.#complete = true;
    this.#layer?.complete();
  }

  #decide(path: string): void {
    this.#decided = true;
    // The file loses its name, but its descriptor serves a child that starts later.
    const file = openSync(path, "r");
    if (isLayer(file)) this.#follow(file);
    else closeSync(file);
  }

  #follow(file: number): void {
    this.staged = this.stager
      .stage(async (request) => {
        const layer = new GrowingLayer(file, request, {
          signal: this.stager.signal,
          onProgress: (progress) => this.#tell(progress),
        });
        this.#layer = layer;
        if (this.#complete) layer.complete();
        try {
          return await layer.result;
        } finally {
          layer.complete();
        }
      })
      .finally(() => closeSync(file));
    // Nobody may ever ask for this layer.
    this.staged.catch(() => undefined);
  }
}

/** Whether a file begins like a layer: compressed with gzip or zstd, or a tar archive of POSIX or GNU. */
function isLayer(file: number): boolean {
  const start = Buffer.alloc(startBytes);
  readSync(file, start, 0, startBytes, 0);
  const isCompressed = start.readUInt16BE() === 0x1f8b || start.readUInt32LE() === 0xfd2fb528;
  return isCompressed || start.toString("latin1", 257, 262) === "ustar";
}
