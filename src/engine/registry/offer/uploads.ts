import { randomUUID } from "node:crypto";
import type { BlobUpload } from "../../../content/index.ts";
import { conflict, exhausted } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Lease } from "../../image/leases.ts";
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
  #beginning = 0;

  constructor(
    private readonly rooms: ImageRooms,
    private readonly pending: PendingBlobs,
  ) {}

  /** `exhausted` when there are too many. */
  async begin(repository: string): Promise<OfferedUpload> {
    if (this.#uploads.size + this.#beginning >= limit)
      throw exhausted(`${limit} uploads are under way: finish or cancel one of them`);
    this.#beginning++;
    try {
      const blob = await this.rooms.content.begin();
      const id = randomUUID();
      const { rooms, pending } = this;
      const upload = new Upload({
        rooms,
        pending,
        repository,
        id,
        blob,
        forget: () => this.#uploads.delete(id),
      });
      this.#uploads.set(id, upload);
      return upload;
    } finally {
      this.#beginning--;
    }
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

interface UploadParts {
  readonly rooms: ImageRooms;
  readonly pending: PendingBlobs;
  readonly repository: string;
  readonly id: string;
  readonly blob: BlobUpload;
  /** Takes it out of the list of those under way. */
  forget(): void;
}

class Upload implements OfferedUpload {
  touched = Date.now();
  #running = 0;
  /** As long as it is open, the upload's file is not left over. */
  readonly #lease: Lease;

  constructor(private readonly parts: UploadParts) {
    this.#lease = parts.rooms.leases.open();
  }

  get id(): string {
    return this.parts.id;
  }

  get repository(): string {
    return this.parts.repository;
  }

  get size(): number {
    return this.parts.blob.size;
  }

  get isBusy(): boolean {
    return this.#running > 0;
  }

  async append(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    this.#running++;
    try {
      await this.parts.blob.append(source, { signal });
    } finally {
      this.#running--;
      this.touched = Date.now();
    }
  }

  async finish(digest: Digest): Promise<void> {
    if (this.isBusy) throw conflict("another piece of this upload is on its way");
    const { blob, pending, repository } = this.parts;
    await this.#end(() => pending.bring(repository, digest, async () => (await blob.finish(digest)).size));
  }

  async cancel(): Promise<void> {
    await this.#end(() => this.parts.blob.cancel());
  }

  async #end(work: () => Promise<void>): Promise<void> {
    this.parts.forget();
    try {
      await work();
    } finally {
      this.parts.rooms.leases.close(this.#lease);
    }
  }
}
