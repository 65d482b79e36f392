import type { Metastore } from "../../metastore/index.ts";
import type { Snapshotter } from "../../snapshots/index.ts";
import { BuildRecords } from "./build-records.ts";
import { Flushes } from "./flushes.ts";
import { Leases } from "./leases.ts";
import { PendingLayers } from "./pending-layers.ts";
import type { ImageRooms } from "./rooms.ts";

/** Opens what keeps layers that no image has, each known to the leases before anything can be collected. */
export function openHolders(
  dataRoot: string,
  snapshots: Snapshotter,
  metastore: Metastore,
): Pick<ImageRooms, "leases" | "flushes" | "pending" | "buildRecords"> {
  const [leases, flushes] = [new Leases(), new Flushes(dataRoot)];
  const pending = new PendingLayers(snapshots, flushes);
  const buildRecords = new BuildRecords(metastore, pending);
  for (const holder of [pending, buildRecords]) leases.register(holder);
  return { leases, flushes, pending, buildRecords };
}
