import type { DiskUsageResponse } from "../../../api/index.ts";
import { diskUsage } from "../../../client/system/disk-usage.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { containerListing } from "../../formatter/container.ts";
import { imageListing, imageRows } from "../../formatter/image.ts";
import { chooseFormat, type Listing, renderRows } from "../../formatter/render.ts";
import { humanSize } from "../../formatter/size.ts";
import { storeSection } from "../../formatter/store-usage.ts";
import { volumeListing } from "../../formatter/volume.ts";
import { wrong } from "../../local-error.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    format: listFormat(),
    verbose: bool("Show detailed information on space usage", { short: "v" }),
  },
  async run({ flags, connect }) {
    if (flags.verbose && flags.format !== "") throw wrong("the verbose and the format options conflict");
    const client = await connect();
    const usage = await diskUsage(client);
    print(
      flags.verbose
        ? verbose(usage) + (await storeSection(client))
        : renderRows(listing, chooseFormat(listing, flags.format), summary(usage)),
    );
    return 0;
  },
});

interface UsageRow {
  type: string;
  total: number;
  active: number;
  size: number;
  reclaimable: number;
}

const listing: Listing<UsageRow> = {
  typeName: "*formatter.diskUsageContext",
  table: "table {{.Type}}\\t{{.TotalCount}}\\t{{.Active}}\\t{{.Size}}\\t{{.Reclaimable}}",
  headings: { Type: "TYPE", TotalCount: "TOTAL", Active: "ACTIVE", Size: "SIZE", Reclaimable: "RECLAIMABLE" },
  row: ({ type, total, active, size, reclaimable }) => ({
    Type: type,
    TotalCount: String(total),
    Active: String(active),
    Size: humanSize(size),
    Reclaimable: share(reclaimable, size),
  }),
};

function share(part: number, whole: number): string {
  return whole > 0 ? `${humanSize(part)} (${Math.trunc((part * 100) / whole)}%)` : humanSize(part);
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

function summary(usage: DiskUsageResponse): UsageRow[] {
  const images = usage.Images ?? [];
  const containers = usage.Containers ?? [];
  const volumes = usage.Volumes ?? [];
  const cache = usage.BuildCache ?? [];
  const live = containers.filter(({ State }) => ["running", "paused", "restarting"].includes(State));
  const layers = usage.LayersSize ?? 0;
  const used = sum(
    images.filter(({ Containers }) => Containers > 0),
    ({ Size, SharedSize }) => Size - Math.max(SharedSize, 0),
  );
  const size = sum(containers, ({ SizeRw = 0 }) => SizeRw);
  const volumeSize = (from: typeof volumes) =>
    sum(from, ({ UsageData }) => Math.max(UsageData?.Size ?? 0, 0));
  const referenced = volumes.filter(({ UsageData }) => (UsageData?.RefCount ?? 0) > 0);
  const stale = cache.filter(({ InUse, Shared }) => !InUse && !Shared);
  return [
    row(
      "Images",
      images.length,
      images.filter(({ Containers }) => Containers > 0).length,
      layers,
      layers - used,
    ),
    row("Containers", containers.length, live.length, size, size - sum(live, ({ SizeRw = 0 }) => SizeRw)),
    row(
      "Local Volumes",
      volumes.length,
      referenced.length,
      volumeSize(volumes),
      volumeSize(volumes) - volumeSize(referenced),
    ),
    row(
      "Build Cache",
      cache.length,
      cache.filter(({ InUse }) => InUse).length,
      sum(cache, ({ Size }) => Size),
      sum(stale, ({ Size }) => Size),
    ),
  ];
}

function row(type: string, total: number, active: number, size: number, reclaimable: number): UsageRow {
  return { type, total, active, size, reclaimable: Math.max(reclaimable, 0) };
}

function verbose(usage: DiskUsageResponse): string {
  const images = renderRows(
    imageListing({ truncate: true, digests: false }),
    "table {{.Repository}}\\t{{.Tag}}\\t{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}\\t{{.SharedSize}}\\t{{.UniqueSize}}\\t{{.Containers}}",
    imageRows(usage.Images ?? [], false),
  );
  const containers = renderRows(
    containerListing({ truncate: true, size: true }),
    "table {{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.LocalVolumes}}\\t{{.Size}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Names}}",
    usage.Containers ?? [],
  );
  const volumes = renderRows(
    volumeListing,
    "table {{.Name}}\\t{{.Links}}\\t{{.Size}}\\t{{.Snapshots}}\\t{{.LastUsed}}",
    usage.Volumes ?? [],
  );
  const cache = sum(usage.BuildCache ?? [], ({ Size }) => Size);
  return [
    `Images space usage:\n\n${images}`,
    `Containers space usage:\n\n${containers}`,
    `Local Volumes space usage:\n\n${volumes}`,
    `Build cache usage: ${humanSize(cache)}\n\n`,
  ].join("\n");
}
