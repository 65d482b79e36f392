import type { Flush } from "../../engine/image/flushes.ts";
import { packLayer } from "../../layers/index.ts";
import { type Digest, digestOf } from "../../oci/digest.ts";
import type { Descriptor } from "../../oci/image.ts";
import type { BuildJob } from "../job.ts";

/**
 * Takes an image's blobs in. All of them go to the disk together in the end: nothing may name them before `written`.
 */
export class BlobStore implements Disposable {
  readonly #flush: Flush;
  #unwritten = false;

  constructor(private readonly job: BuildJob) {
    this.#flush = job.rooms.open.imageRooms.flushes.begin();
  }

  /** Takes a blob in, unless it is there. */
  async add(digest: Digest, source: () => AsyncIterable<Uint8Array>): Promise<number> {
    const { rooms, lease, signal } = this.job;
    const { content } = rooms.open.imageRooms;
    // Kept before it is looked for, so that nobody deletes it in between.
    lease.blobs.add(digest);
    this.#unwritten = true;
    if (await content.has(digest)) return (await content.info(digest)).size;
    return (await content.ingest(source(), { digest }, { sync: false, signal })).size;
  }

  /** The same of the layer that a directory is: a child writes it into its place. */
  async addLayer(digest: Digest, directory: string): Promise<number> {
    const { rooms, lease, signal } = this.job;
    const { content } = rooms.open.imageRooms;
    lease.blobs.add(digest);
    this.#unwritten = true;
    if (await content.has(digest)) return (await content.info(digest)).size;
    const write = (_file: number, path: string) => packLayer(directory, path, signal);
    return (await content.take(write, { digest }, { sync: false })).size;
  }

  /** Takes a blob in whose digest nobody knows yet. */
  async addUnknown(source: AsyncIterable<Uint8Array>): Promise<{ digest: Digest; size: number }> {
    const { rooms, lease, signal } = this.job;
    this.#unwritten = true;
    const { digest, size } = await rooms.open.imageRooms.content.ingest(source, {}, { sync: false, signal });
    lease.blobs.add(digest);
    return { digest, size };
  }

  async document(mediaType: string, document: unknown): Promise<Descriptor> {
    const bytes = Buffer.from(JSON.stringify(document));
    const digest = digestOf(bytes);
    await this.add(digest, () => once(bytes));
    return { mediaType, digest, size: bytes.length };
  }

  /** Returns when the blobs, and these layers, survive a power cut. */
  async written(chain: readonly Digest[]): Promise<void> {
    const { flushes, pending } = this.job.rooms.open.imageRooms;
    await pending.written(chain);
    if (this.#unwritten) await flushes.complete(this.#flush);
    this.#unwritten = false;
  }

  [Symbol.dispose](): void {
    this.job.rooms.open.imageRooms.flushes.end(this.#flush);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
