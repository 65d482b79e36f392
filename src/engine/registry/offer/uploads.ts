import { randomUUID } from "node:crypto";
import type { BlobUpload } from "../../../content/index.ts";
import { conflict, exhausted } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import type { OfferedUpload } from "../../image-offer.ts";
import type { PendingBlobs } from "./pending.ts";

/** So many uploads may be under way; each has an open file. */
const limit = 128;
/** An upload that nothing came for in so many milliseconds is given up. */
const patience = 3_600_000;

/** Uploads under way, by repository and id. */
export class Uploads {
  readonly #uploads = new Map<string, Upload>();

  constructor(
    private readonly rooms: ImageRooms,
    private readonly pending: PendingBlobs,
  ) {}

  /** `exhausted` when there are too many. */
  async begin(repository: string): Promise<OfferedUpload> {
    if (this.#uploads.size >= limit)
      throw exhausted(`${limit} uploads are under way: finish or cancel one of them`);
    const id = randomUUID();
    const upload = new Upload(id, repository, await this.rooms.content.begin(), this.pending, () =>
      this.#uploads.delete(id),
    );
    this.#uploads.set(id, upload);
    return upload;
  }

  get(repository: string, id: string): OfferedUpload | undefined {
    const upload = this.#uploads.get(id);
    return upload?.repository === repository ? upload : undefined;
  }

  async expire(now = Date.now()): Promise<void> {
    for (const upload of this.#uploads.values()) {
      if (!upload.isBusy && upload.touched + patience <= now) await upload.cancel();
    }
  }

  async close(): Promise<void> {
    for (const upload of this.#uploads.values()) await upload.cancel();
  }
}

class Upload implements OfferedUpload {
  touched = Date.now();
  #running = 0;

  constructor(
    readonly id: string,
    readonly repository: string,
    private readonly blob: BlobUpload,
    private readonly pending: PendingBlobs,
    private readonly forget: () => void,
  ) {}

  get size(): number {
    return this.blob.size;
  }

  get isBusy(): boolean {
    return this.#running > 0;
  }

  async append(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    this.#running++;
    try {
      await this.blob.append(source, { signal });
    } finally {
      this.#running--;
      this.touched = Date.now();
    }
  }

  async finish(digest: Digest): Promise<void> {
    if (this.isBusy) throw conflict("another piece of this upload is on its way");
    this.forget();
    await this.pending.bring(this.repository, digest, async () => (await this.blob.finish(digest)).size);
  }

  async cancel(): Promise<void> {
    this.forget();
    await this.blob.cancel();
  }
}
