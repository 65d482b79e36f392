import type { Volume, VolumeUsage } from "../../api/index.ts";
import { ago } from "./duration.ts";
import type { Listing } from "./render.ts";
import { shortSize } from "./size.ts";
import { labelList } from "./text.ts";

/** The columns of `volume ls`. */
export const volumeListing: Listing<Volume> = {
  typeName: "*formatter.volumeContext",
  table: "table {{.Driver}}\\t{{.Name}}",
  quiet: "{{.Name}}",
  headings: {
    ...{ Name: "VOLUME NAME", Driver: "DRIVER", Scope: "SCOPE", Mountpoint: "MOUNTPOINT", Labels: "LABELS" },
    ...{ Links: "LINKS", Size: "SIZE", Group: "GROUP", Availability: "AVAILABILITY", Status: "STATUS" },
    ...{ Snapshots: "SNAPSHOTS", LastUsed: "LAST USED" },
  },
  row: (volume) => ({
    Name: volume.Name,
    Driver: volume.Driver,
    Scope: volume.Scope,
    Mountpoint: volume.Mountpoint,
    Labels: labelList(volume.Labels),
    Label: (name) => volume.Labels?.[String(name)] ?? "",
    Snapshots: snapshots(volume.UsageData),
    LastUsed: volume.UsageData === undefined ? "N/A" : lastUse(volume.UsageData),
    Links: volume.UsageData === undefined ? "N/A" : String(volume.UsageData.RefCount),
    Size: volume.UsageData === undefined ? "N/A" : shortSize(volume.UsageData.Size),
    ...{ Group: "N/A", Availability: "N/A", Status: "N/A" },
  }),
};

const snapshots = (usage: VolumeUsage | undefined): string =>
  usage?.Snapshots === undefined ? "N/A" : `${usage.Snapshots.Count} (${shortSize(usage.Snapshots.Size)})`;

const lastUse = ({ LastUsed }: VolumeUsage): string =>
  LastUsed === undefined ? "never" : ago(Date.parse(LastUsed) / 1000);
