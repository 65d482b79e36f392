import type { Filters, PrunePreview } from "../../api/index.ts";
import type { Client } from "../../client/client.ts";
import { previewPrune } from "../../client/store/preview-prune.ts";
import { bool } from "../flags/kinds.ts";
import { humanSize } from "../formatter/size.ts";
import { print } from "../streams/print.ts";

export const dryRunFlag = bool("Show what would be removed, and leave it");

/** Shows what prunes would delete, in the order and words of the deed; `more` bytes go besides. */
export async function showPreview(
  client: Client,
  types: readonly ("container" | "image" | "network" | "volume")[],
  filters: Filters,
  more = 0,
): Promise<void> {
  const preview = await previewPrune(client, types, filters);
  print(describe({ ...preview, SpaceReclaimed: preview.SpaceReclaimed + more }));
}

function describe({
  ContainersDeleted,
  NetworksDeleted,
  VolumesDeleted,
  ImagesDeleted,
  SpaceReclaimed,
}: PrunePreview): string {
  const images = ImagesDeleted.map((item) =>
    "Deleted" in item ? `deleted: ${item.Deleted}` : `untagged: ${item.Untagged}`,
  );
  const parts: [string, readonly string[]][] = [
    ["Containers", ContainersDeleted],
    ["Networks", NetworksDeleted],
    ["Volumes", VolumesDeleted],
    ["Images", images],
  ];
  const shown = parts.filter(([, items]) => items.length > 0);
  const lists = shown.map(([noun, items]) => `Would delete ${noun}:\n${items.join("\n")}\n\n`);
  return `${lists.join("")}Would reclaim: ${humanSize(SpaceReclaimed)}\n`;
}
