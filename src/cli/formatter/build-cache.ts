import type { BuildCacheRecord } from "../../api/index.ts";
import { ago } from "./duration.ts";
import type { Listing } from "./render.ts";
import { shortSize } from "./size.ts";

/** So much of an ID names a record. */
const short = (id: string): string => id.slice(0, 24);

const lastUse = ({ LastUsedAt }: BuildCacheRecord): string =>
  LastUsedAt === null ? "" : ago(Date.parse(LastUsedAt) / 1000);

/** The columns of `builder du`; a star marks sizes that images share. */
export const buildCacheListing: Listing<BuildCacheRecord> = {
  typeName: "*commands.diskusageContext",
  table: "table {{.ID}}\\t{{.Reclaimable}}\\t{{.Size}}\\t{{.LastUsedAt}}",
  headings: {
    ...{ ID: "ID", Parents: "PARENTS", CreatedAt: "CREATED AT", Mutable: "MUTABLE", Shared: "SHARED" },
    ...{ Reclaimable: "RECLAIMABLE", Size: "SIZE", Description: "DESCRIPTION", UsageCount: "USAGE COUNT" },
    ...{ LastUsedAt: "LAST ACCESSED", Type: "TYPE" },
  },
  row: (record) => ({
    ID: short(record.ID),
    Parents: (record.Parents ?? []).map(short),
    CreatedAt: record.CreatedAt,
    Mutable: isMutable(record),
    Reclaimable: !record.InUse,
    Shared: record.Shared,
    Size: `${shortSize(record.Size)}${record.Shared ? "*" : ""}`,
    Description: record.Description,
    UsageCount: record.UsageCount,
    LastUsedAt: lastUse(record),
    Type: record.Type,
  }),
};

/** Only directories of cache mounts change after they were made. */
const isMutable = ({ Type }: BuildCacheRecord): boolean => Type === "exec.cachemount";

/** A record in full, a line for each of its facts, as buildx writes it. */
export function buildCacheBlock(record: BuildCacheRecord): string {
  const parents = (record.Parents ?? []).map((parent) => ` - ${short(parent)}`);
  const used = lastUse(record);
  const lines = [
    `ID:           ${short(record.ID)}`,
    ...(parents.length > 0 ? ["Parents:", ...parents] : []),
    `Created at:   ${record.CreatedAt}`,
    `Mutable:      ${isMutable(record)}`,
    `Reclaimable:  ${!record.InUse}`,
    `Shared:       ${record.Shared}`,
    `Size:         ${shortSize(record.Size)}`,
    ...(record.Description === "" ? [] : [`Description:  ${record.Description}`]),
    `Usage count:  ${record.UsageCount}`,
    ...(used === "" ? [] : [`Last used:    ${used}`]),
    ...(record.Type === "" ? [] : [`Type:         ${record.Type}`]),
  ];
  return `${lines.join("\n")}\n`;
}
