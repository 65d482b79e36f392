import {
  booleanFilter,
  checkFilters,
  matchesExactly,
  matchesLabels,
  matchesPattern,
} from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import { conflict, SlipwayError } from "../../errors/index.ts";
import type { EventBus } from "../../events/index.ts";
import { diskUsage, type VolumeDescription, type VolumeRecord, type Volumes } from "../../volumes/index.ts";
import type { VolumeVerbs } from "../backend.ts";
import { anonymousLabel } from "../container/mounts/resolve.ts";

export interface VolumeDependencies {
  volumes: Volumes;
  events: EventBus;
  /** Ids of the containers, running or not, that mount a volume. */
  users: (name: string) => string[];
}

/** The verbs of /volumes, over the local driver's store. */
export function volumeVerbs({ volumes, events, users }: VolumeDependencies): VolumeVerbs {
  return {
    async list(filters) {
      const matches = volumeFilter(filters, users);
      const survey = await volumes.survey();
      return { Volumes: survey.volumes.filter(matches).map(described), Warnings: survey.warnings };
    },

    async inspect(name) {
      return described(await volumes.describe(name));
    },

    async create({ Name, Driver, DriverOpts, Labels }) {
      const labels = { ...Labels, ...(Name ? {} : { [anonymousLabel]: "" }) };
      const request = { name: Name ?? "", driver: Driver ?? "", labels, options: DriverOpts ?? {} };
      return toWire(await volumes.create(request), volumes);
    },

    async remove(name, { force }) {
      const used = volumes.find(name) === undefined ? [] : users(name);
      if (used.length > 0) throw conflict(`remove ${name}: volume is in use - [${used.join(", ")}]`);
      try {
        await volumes.remove(name, { force: force ?? false });
      } catch (error) {
        if (!force || !(error instanceof SlipwayError) || error.kind !== "notFound") throw error;
      }
    },

    async prune(filters) {
      const victims = prunableVolumes({ volumes, users }, filters);
      let reclaimed = 0;
      for (const { name } of victims) {
        reclaimed += await diskUsage(volumes.path(name));
        await volumes.remove(name);
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

/** The volumes that a prune is about: what is mounted from elsewhere is not this host's to prune, as with Docker. */
export function prunableVolumes(
  { volumes, users }: Pick<VolumeDependencies, "volumes" | "users">,
  filters: api.Filters,
): VolumeRecord[] {
  checkFilters(filters, ["all", "label", "label!"]);
  const all = booleanFilter(filters, "all") ?? false;
  return volumes
    .list()
    .filter(({ name }) => !volumes.isForeign(name))
    .filter(({ name, labels }) => users(name).length === 0 && (all || anonymousLabel in labels))
    .filter(({ labels }) => matchesLabels(filters, "label", labels))
    .filter(({ labels }) => !hasExcludedLabel(filters, labels));
}

/** A volume with its size and number of users, as `system df` lists it. */
export async function volumeUsage(
  record: VolumeRecord,
  { volumes, users }: Pick<VolumeDependencies, "volumes" | "users">,
): Promise<api.Volume> {
  // Whose files are elsewhere takes no space of this host, and may not answer.
  const Size = volumes.isForeign(record.name) ? -1 : await diskUsage(volumes.path(record.name));
  return { ...toWire(record, volumes), UsageData: { Size, RefCount: users(record.name).length } };
}

const toWire = (record: VolumeRecord, volumes: Volumes): api.Volume =>
  described({ ...record, mountpoint: volumes.path(record.name), scope: "local" });

function described(record: VolumeDescription): api.Volume {
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

function volumeFilter(
  filters: api.Filters,
  users: (name: string) => string[],
): (record: VolumeRecord) => boolean {
  checkFilters(filters, ["dangling", "driver", "label", "name"]);
  const dangling = booleanFilter(filters, "dangling");
  return ({ name, driver, labels }) =>
    matchesPattern(filters, "name", name) &&
    matchesExactly(filters, "driver", driver) &&
    matchesLabels(filters, "label", labels) &&
    (dangling === undefined || dangling === (users(name).length === 0));
}

const hasExcludedLabel = (filters: api.Filters, labels: Record<string, string>): boolean =>
  (filters["label!"] ?? []).some((label) => matchesLabels({ label: [label] }, "label", labels));
