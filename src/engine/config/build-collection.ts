import type { Filters } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { FreeSpace } from "./collection.ts";
import { Fields } from "./fields.ts";

/** One rule of what the build cache keeps by itself, as `docker builder prune` would be called. */
export interface BuildCachePolicy {
  /** What it is about: whatever one of them matches; none: everything. */
  readonly filters: readonly Filters[];
  /** Also what images have, too. */
  readonly all: boolean;
  readonly reserved: FreeSpace;
  readonly maxUsed: FreeSpace;
  readonly minFree: FreeSpace;
}

/** `builder.gc` of the configuration file, with dockerd's names. */
export interface BuildCollection {
  readonly enabled: boolean;
  readonly policies: readonly BuildCachePolicy[];
}

const nothing: FreeSpace = { bytes: 0 };
const gigabyte = 1e9;
/** Of what is easy to make again so much is kept for two days. */
const temporary: FreeSpace = { bytes: 512e6 };

type Space = Pick<BuildCachePolicy, "reserved" | "maxUsed" | "minFree">;

/** Errors: `invalid`, with the option's name. */
export function buildCollection(raw: object | undefined): BuildCollection {
  const where = "builder.gc";
  const fields = new Fields(raw ?? {}, where);
  const enabled = fields.take("enabled", "boolean") ?? true;
  const older = fields.space("defaultKeepStorage");
  const space: Space = {
    reserved: fields.space("defaultReservedSpace") ?? older ?? { bytes: 2 * gigabyte },
    maxUsed: fields.space("defaultMaxUsedSpace") ?? { share: 0.8 },
    minFree: fields.space("defaultMinFreeSpace") ?? { share: 0.2 },
  };
  const rules = fields.list("policy");
  fields.end();
  if (rules === undefined) return { enabled, policies: defaults(space) };
  return { enabled, policies: rules.map((rule, at) => policy(rule, `${where}.policy[${at}]`, space)) };
}

/** As dockerd's (moby/moby builder/builder-next/worker/gc.go). */
function defaults(space: Space): BuildCachePolicy[] {
  const easy = ["source.local", "exec.cachemount", "source.git.checkout"];
  return [
    {
      filters: easy.map((type) => ({ type: [type], until: ["48h"] })),
      all: false,
      ...{ reserved: nothing, maxUsed: temporary, minFree: nothing },
    },
    { filters: [{ until: ["1440h"] }], all: false, ...space },
    { filters: [], all: false, ...space },
    { filters: [], all: true, ...space },
  ];
}

function policy(raw: object, where: string, space: Space): BuildCachePolicy {
  const fields = new Fields(raw, where);
  const own = {
    reserved: fields.space("reservedSpace") ?? fields.space("keepStorage"),
    maxUsed: fields.space("maxUsedSpace"),
    minFree: fields.space("minFreeSpace"),
  };
  const filter = fields.take("filter", "strings") ?? [];
  const all = fields.take("all", "boolean") ?? false;
  fields.end();
  const said = Object.values(own).some((value) => value !== undefined);
  return {
    filters: filter.length === 0 ? [] : [filtersOf(filter, where)],
    all,
    reserved: own.reserved ?? (said ? nothing : space.reserved),
    maxUsed: own.maxUsed ?? (said ? nothing : space.maxUsed),
    minFree: own.minFree ?? (said ? nothing : space.minFree),
  };
}

/** `["unused-for=48h", "type==source.local"]`. */
function filtersOf(lines: readonly string[], where: string): Filters {
  const filters: Record<string, string[]> = {};
  for (const line of lines) {
    const [, name, value] = /^\s*([^=\s]+)\s*==?\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw invalid(`${where}: invalid filter ${JSON.stringify(line)}: name=value is expected`);
    filters[name.toLowerCase()] = [...(filters[name.toLowerCase()] ?? []), value];
  }
  return filters;
}
