import { startChild } from "../../layers/index.ts";

export interface MeasureRequest {
  readonly root: string;
  /** Directories of the root whose entries are measured one by one. */
  readonly apart: readonly string[];
  /** Paths below the root that are left out: `snapshots/1a`. */
  readonly skip: readonly string[];
}

/** Allocated bytes by name below the root, `snapshots/1a` where entries count apart; the directories' own by ``. */
export type Measured = Readonly<Record<string, number>>;

/** Measures a tree as du(1) does, in a child. */
export function measureStore(request: MeasureRequest, signal: AbortSignal): Promise<Measured> {
  return startChild<Measured>("store-measure", request, { signal }).result;
}
