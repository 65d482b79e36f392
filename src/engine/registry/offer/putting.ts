import type { Digest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import type { Reference } from "../../../oci/reference.ts";
import type { Lease } from "../../image/leases.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import type { RepositoryView } from "./view.ts";

/** A manifest that was brought to a repository. */
export interface Placed {
  readonly place: Pick<Reference, "domain" | "path">;
  /** Absent: it is known by its digest alone. */
  readonly tag: string | undefined;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The repository as it is now. */
  view(): RepositoryView | undefined;
  /** The size of a blob that waits there for its manifest. */
  pending(digest: Digest): number | undefined;
}

/** A manifest on its way into view. */
export interface Putting {
  readonly rooms: ImageRooms;
  readonly placed: Placed;
  readonly descriptor: Descriptor;
  readonly document: unknown;
  readonly parts: readonly Descriptor[];
  /** What it gets for names. */
  readonly references: Reference[];
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

/** Whether it made an image, and why not where one could have expected it. */
export interface Taken {
  readonly isImage: boolean;
  readonly warning?: string;
}
