import type { FileHandle } from "node:fs/promises";
import { release } from "../os/release.ts";

/** So many bytes are worth the way to a thread that writes them and back. */
const batchBytes = 1 << 18;

/** Appends to a file in large pieces, one of which is written while the next is gathered. */
export class GatheringWriter {
  /** Bytes that are in the file. */
  written = 0;
  #gathered: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  /** `owned`: nobody else uses the bytes, whose memory is given back as soon as they are written. */
  constructor(
    private readonly file: FileHandle,
    private readonly options: { owned: boolean } = { owned: false },
  ) {}

  /** True when the file may have grown. The bytes must not change until they are written. */
  async write(chunk: Uint8Array): Promise<boolean> {
    this.#gathered.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < batchBytes) return false;
    await this.#begin();
    return true;
  }

  async flush(): Promise<void> {
    await this.#begin();
    await this.#writing;
  }

  async #begin(): Promise<void> {
    await this.#writing;
    const batch = this.#gathered;
    this.#gathered = [];
    this.#bytes = 0;
    this.#writing = this.#append(batch);
    // Its failure is thrown at the next step.
    this.#writing.catch(() => undefined);
  }

  async #append(batch: Uint8Array[]): Promise<void> {
    for (let rest = batch; rest.length > 0; ) {
      const { bytesWritten } = await this.file.writev(rest);
      this.written += bytesWritten;
      rest = after(rest, bytesWritten);
    }
    if (this.options.owned) for (const piece of batch) release(piece);
  }
}

/** What is left of pieces after so many bytes. */
function after(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (left < piece.length) rest.push(left === 0 ? piece : piece.subarray(left));
    left = Math.max(0, left - piece.length);
  }
  return rest;
}
