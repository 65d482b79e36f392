import type { Peer } from "./peers/peer.ts";
import type { startSlipway } from "./peers/slipway.ts";

export interface Context {
  slipway: Awaited<ReturnType<typeof startSlipway>>;
  docker: Peer;
  podman: Peer;
  /** A scratch folder for files that scenarios make. */
  scratch: string;
}

export const peersOf = ({ slipway, docker, podman }: Context): Peer[] => [slipway, docker, podman];

/** Who can have a figure; `bare` is the same work without an engine. */
export const columns = ["slipway", "docker", "podman", "buildkit", "bare"] as const;

/** One line of the table: a figure for each engine, and what was promised. */
export interface Row {
  what: string;
  unit: "ms" | "MB" | "MB/s" | "s" | "";
  values: Partial<Record<(typeof columns)[number], number>>;
  target: string;
  /** Whether the promise holds; undefined where nothing was promised. */
  met?: boolean;
}

export type Scenario = (context: Context) => Promise<Row[]>;
