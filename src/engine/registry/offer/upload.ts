import type { BlobUpload } from "../../../content/index.ts";
import { conflict } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Lease } from "../../image/leases.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import type { OfferedUpload } from "../../image-offer.ts";
import type { PendingBlobs } from "./pending.ts";

export interface UploadParts {
  readonly rooms: ImageRooms;
  readonly pending: PendingBlobs;
  readonly repository: string;
  readonly id: string;
  readonly blob: BlobUpload;
  /** Takes it out of the list of those under way. */
  forget(): void;
}

/** A blob on its way into a repository. */
export class Upload implements OfferedUpload {
  /** When something last came, in milliseconds since the epoch. */
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
