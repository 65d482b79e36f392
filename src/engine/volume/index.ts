import {
  booleanFilter,
  checkFilters,
  matchesExactly,
  matchesLabels,
  matchesPattern,
} from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import { conflict, invalid, notImplemented } from "../../errors/index.ts";
import type { EventBus } from "../../events/index.ts";
import { diskUsage, type VolumeRecord, type VolumeStore } from "../../volumes/index.ts";
import type { VolumeVerbs } from "../backend.ts";
import { anonymousLabel } from "../container/mounts/resolve.ts";

export interface VolumeDependencies {
  volumes: VolumeStore;
  events: EventBus;
  /** Ids of the containers, running or not, that mount a volume. */
  users: (name: string) => string[];
}

/** The verbs of /volumes, over the local driver's store. */
export function volumeVerbs({ volumes, events, users }: VolumeDependencies): VolumeVerbs {
  const destroy = (name: string) => {
    volumes.remove(name);
    events.publish({ type: "volume", action: "destroy", id: name, attributes: { driver: "local" } });
  };
  return {
    async list(filters) {
      const chosen = volumes.list().filter(volumeFilter(filters, users));
      return { Volumes: chosen.map((record) => toWire(record, volumes)), Warnings: [] };
    },

    async inspect(name) {
      return toWire(volumes.get(name), volumes);
    },

    async create({ Name, Driver, DriverOpts, Labels }) {
      if (Driver && !["local", "default"].includes(Driver)) {
        throw invalid(`error looking up volume plugin ${Driver}: plugin "${Driver}" not found`);
      }
      if (Object.keys(DriverOpts ?? {}).length > 0) {
        const named = Object.keys(DriverOpts ?? {}).join(", ");
        throw notImplemented(`options of the local volume driver are not supported yet: ${named}`);
      }
      const known = Name ? volumes.find(Name) : undefined;
      if (known !== undefined) return toWire(known, volumes);
      const labels = { ...Labels, ...(Name ? {} : { [anonymousLabel]: "" }) };
      const record = volumes.create({ ...(Name ? { name: Name } : {}), labels });
      events.publish({ type: "volume", action: "create", id: record.name, attributes: { driver: "local" } });
      return toWire(record, volumes);
    },

    async remove(name, { force }) {
      if (force && volumes.find(name) === undefined) return;
      volumes.get(name);
      const used = users(name);
      if (used.length > 0) throw conflict(`remove ${name}: volume is in use - [${used.join(", ")}]`);
      destroy(name);
    },

    async prune(filters) {
      const victims = prunableVolumes({ volumes, users }, filters);
      let reclaimed = 0;
      for (const { name } of victims) {
        reclaimed += await diskUsage(volumes.path(name));
        destroy(name);
      }
      events.publish({
        type: "volume",
        action: "prune",
        id: "",
        attributes: { reclaimed: String(reclaimed) },
      });
      return { VolumesDeleted: victims.map(({ name }) => name), SpaceReclaimed: reclaimed };
    },
  };
}

/** The volumes that a prune is about. */
export function prunableVolumes(
  { volumes, users }: Pick<VolumeDependencies, "volumes" | "users">,
  filters: api.Filters,
): VolumeRecord[] {
  checkFilters(filters, ["all", "label", "label!"]);
  const all = booleanFilter(filters, "all") ?? false;
  return volumes
    .list()
    .filter(({ name, labels }) => users(name).length === 0 && (all || anonymousLabel in labels))
    .filter(({ labels }) => matchesLabels(filters, "label", labels))
    .filter(({ labels }) => !hasExcludedLabel(filters, labels));
}

/** A volume with its size and number of users, as `system df` lists it. */
export async function volumeUsage(
  record: VolumeRecord,
  { volumes, users }: Pick<VolumeDependencies, "volumes" | "users">,
): Promise<api.Volume> {
  const Size = await diskUsage(volumes.path(record.name));
  return { ...toWire(record, volumes), UsageData: { Size, RefCount: users(record.name).length } };
}

function toWire(record: VolumeRecord, volumes: VolumeStore): api.Volume {
  return {
    CreatedAt: record.createdAt,
    Driver: "local",
    Labels: Object.keys(record.labels).length > 0 ? record.labels : null,
    Mountpoint: volumes.path(record.name),
    Name: record.name,
    Options: Object.keys(record.options).length > 0 ? record.options : null,
    Scope: "local",
  };
}

function volumeFilter(
  filters: api.Filters,
  users: (name: string) => string[],
): (record: VolumeRecord) => boolean {
  checkFilters(filters, ["dangling", "driver", "label", "name"]);
  const dangling = booleanFilter(filters, "dangling");
  return ({ name, labels }) =>
    matchesPattern(filters, "name", name) &&
    matchesExactly(filters, "driver", "local") &&
    matchesLabels(filters, "label", labels) &&
    (dangling === undefined || dangling === (users(name).length === 0));
}

const hasExcludedLabel = (filters: api.Filters, labels: Record<string, string>): boolean =>
  (filters["label!"] ?? []).some((label) => matchesLabels({ label: [label] }, "label", labels));
