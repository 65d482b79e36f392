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
import type { VolumeRecord, Volumes } from "../../volumes/index.ts";
import type { VolumeVerbs } from "../backend.ts";
import { anonymousLabel } from "../container/mounts/resolve.ts";
import { ownBytes } from "./usage.ts";
import { described, toWire } from "./wire.ts";

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
      const description = await volumes.describe(name);
      const LastUsed = volumes.lastUsed(name);
      const status = LastUsed === undefined ? description.status : { ...description.status, LastUsed };
      return described({ ...description, ...(status === undefined ? {} : { status }) });
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
      const deleted: string[] = [];
      let reclaimed = 0;
      for (const { name } of prunableVolumes({ volumes, users }, filters)) {
        const bytes = await pruneOne(name, { volumes, users });
        if (bytes === undefined) continue;
        deleted.push(name);
        reclaimed += bytes;
      }
      events.publish({
        type: "volume",
        action: "prune",
        id: "",
        attributes: { reclaimed: String(reclaimed) },
      });
      return { VolumesDeleted: deleted, SpaceReclaimed: reclaimed };
    },
  };
}

/** The bytes that were freed; undefined for a volume that found a user, or was removed, while others were pruned. */
async function pruneOne(
  name: string,
  { volumes, users }: Pick<VolumeDependencies, "volumes" | "users">,
): Promise<number | undefined> {
  try {
    const bytes = await ownBytes(volumes, name);
    if (users(name).length > 0) return undefined;
    await volumes.remove(name);
    return bytes;
  } catch (error) {
    if (error instanceof SlipwayError && ["notFound", "conflict"].includes(error.kind)) return undefined;
    throw error;
  }
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
