import { randomUUID } from "node:crypto";
import { exhausted } from "../../../errors/index.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import type { OfferedUpload } from "../../image-offer.ts";
import type { PendingBlobs } from "./pending.ts";
import { Upload } from "./upload.ts";

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
