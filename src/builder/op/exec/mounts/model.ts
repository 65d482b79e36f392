import type { Mount } from "../../../../oci/spec.ts";
import type { ExecMount } from "../../../graph/index.ts";
import type { OpJob, Result } from "../../../solver/model.ts";
import type { OpRooms } from "../../rooms.ts";
import type { Workplace } from "../../workplace.ts";
import type { CacheMounts } from "./cache-mounts.ts";

/** Where a step's mounts are prepared. */
export interface MountContext {
  readonly rooms: OpRooms;
  readonly caches: CacheMounts;
  readonly workplace: Workplace;
  readonly inputs: readonly Result[];
  readonly job: OpJob;
  /** The step's own root file system, mounted. */
  readonly root: string;
}

/** A mount as the runtime is told it, with variables that go with it. Its source lies in the workplace, and ends with it. */
export interface PreparedMount {
  readonly mount?: Mount;
  readonly isFile: boolean;
  readonly env: readonly string[];
}

export type MountOf<T extends ExecMount["type"]> = Extract<ExecMount, { type: T }>;
