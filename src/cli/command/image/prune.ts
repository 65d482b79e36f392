import type { Filters } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { pruneImages } from "../../../client/image/prune.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { humanSize } from "../../formatter/size.ts";
import { confirm } from "../../streams/confirm.ts";
import { print } from "../../streams/print.ts";
import { dryRunFlag, showPreview } from "../dry-run.ts";
import { pruneFilters, pruneFlags } from "../prune-flags.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    all: bool("Remove all unused images, not just dangling ones", { short: "a" }),
    "dry-run": dryRunFlag,
    ...pruneFlags,
  },
  async run({ flags, connect, preferences }) {
    const filters = pruneFilters(flags.filter, await preferences());
    if (flags["dry-run"]) {
      await showPreview(await connect(), ["image"], wanted(filters, flags.all));
      return 0;
    }
    const which = flags.all ? "images without at least one container associated to them" : "dangling images";
    confirm(`This will remove all ${which}.`, flags.force);
    const space = await pruneUnused(await connect(), filters, flags.all);
    print(`Total reclaimed space: ${humanSize(space)}\n`);
    return 0;
  },
});

/** Removes unused images, lists them, and returns the freed bytes. */
export async function pruneUnused(client: Client, filters: Filters, all: boolean): Promise<number> {
  const { ImagesDeleted, SpaceReclaimed } = await pruneImages(client, wanted(filters, all));
  const lines = (ImagesDeleted ?? []).map((item) =>
    "Deleted" in item ? `deleted: ${item.Deleted}` : `untagged: ${item.Untagged}`,
  );
  if (lines.length > 0) print(`Deleted Images:\n${lines.join("\n")}\n\n`);
  return SpaceReclaimed;
}

/** The filters that say as well whether tagged images go. */
export function wanted(filters: Filters, all: boolean): Filters {
  return { ...filters, dangling: [all ? "false" : "true"] };
}
