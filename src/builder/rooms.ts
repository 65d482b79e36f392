import type { OpenEngine } from "../engine/index.ts";
import type { BuildCache } from "./cache/index.ts";
import type { Solver } from "./solver/index.ts";

/** What builds share. */
export interface BuildRooms {
  readonly open: OpenEngine;
  readonly solver: Solver;
  readonly cache: BuildCache;
}
