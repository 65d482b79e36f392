import type { EngineContext } from "../../engine/context.ts";
import type { ImageRooms } from "../../engine/image/rooms.ts";
import type { Metastore } from "../../metastore/index.ts";

/** What operations need of the engine. */
export interface OpRooms {
  readonly engine: EngineContext;
  readonly images: ImageRooms;
  readonly metastore: Metastore;
}
