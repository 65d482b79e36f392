import type { BuildRequest } from "../api/build.ts";
import type { Lease } from "../engine/image/leases.ts";
import type { BuildPlace } from "./place.ts";
import type { ProgressSink } from "./progress/index.ts";
import type { BuildRooms } from "./rooms.ts";

/** One build, as its parts see it. */
export interface BuildJob {
  readonly rooms: BuildRooms;
  readonly request: BuildRequest;
  readonly place: BuildPlace;
  /** Keeps all that the build comes upon. */
  readonly lease: Lease;
  readonly progress: ProgressSink;
  readonly signal: AbortSignal;
}
