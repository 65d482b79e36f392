import type * as api from "../../api/index.ts";
import type { VolumeDescription, VolumeRecord, Volumes } from "../../volumes/index.ts";

/** A volume as the API shows it, without asking its driver. */
export const toWire = (record: VolumeRecord, volumes: Volumes): api.Volume =>
  described({ ...record, mountpoint: volumes.path(record.name), scope: "local" });

/** A volume with what its driver says, as the API shows it. */
export function described(record: VolumeDescription): api.Volume {
  return {
    CreatedAt: record.createdAt,
    Driver: record.driver,
    Labels: Object.keys(record.labels).length > 0 ? record.labels : null,
    Mountpoint: record.mountpoint,
    Name: record.name,
    Options: Object.keys(record.options).length > 0 ? record.options : null,
    Scope: record.scope,
    ...(record.status === undefined ? {} : { Status: record.status }),
  };
}
