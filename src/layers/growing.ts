import { closeSync } from "node:fs";
import type { Digest } from "../oci/digest.ts";
import { pipe, ring, setNonblocking } from "../os/fd.ts";
import type { ApplyProgress, ApplyRequest, UnpackedLayer } from "./apply.ts";
import { startChild } from "./child-process.ts";

/** What a child knows of a layer whose bytes it has not hashed as they are stored. */
export interface GrownLayer extends UnpackedLayer {
  /** Of the uncompressed archive; absent when the blob is that archive: whoever writes it knows its digest. */
  readonly diffID?: Digest;
}

/**
 * Unpacks a layer, like `applyLayer`, while its blob is still being written: the child follows the file, and is
 * rung for when it has grown. The file must have its first 512 bytes.
 */
export class GrowingLayer {
  /** Must be awaited. After an error the target is to be removed. */
  readonly result: Promise<GrownLayer>;
  #bell: number | undefined;

  /** `file` is a descriptor of the blob, which may be closed at once. */
  constructor(
    file: number,
    request: Omit<ApplyRequest, "blob" | "digest">,
    options: { signal?: AbortSignal; onProgress?: (progress: ApplyProgress) => void } = {},
  ) {
    const { signal, onProgress } = options;
    const [heard, bell] = pipe();
    setNonblocking(bell);
    this.#bell = bell;
    const onEvent = (event: unknown) => onProgress?.(event as ApplyProgress);
    const growing: ApplyRequest & { growing: true } = { ...request, blob: "/proc/self/fd/3", growing: true };
    try {
      this.result = startChild<GrownLayer>("layer-apply", growing, {
        signal,
        onEvent,
        stdin: heard,
        file,
      }).result;
    } catch (error) {
      this.complete();
      throw error;
    } finally {
      closeSync(heard);
    }
  }

  grown(): void {
    if (this.#bell !== undefined) ring(this.#bell);
  }

  /** The blob has all its bytes, or never will. */
  complete(): void {
    if (this.#bell !== undefined) closeSync(this.#bell);
    this.#bell = undefined;
  }
}
