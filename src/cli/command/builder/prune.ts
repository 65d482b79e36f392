import type { BuildPruneOptions } from "../../../api/index.ts";
import { pruneBuildCache } from "../../../client/build/cache.ts";
import type { Client } from "../../../client/client.ts";
import { command, noArguments } from "../../command.ts";
import { bool, custom } from "../../flags/kinds.ts";
import { humanSize } from "../../formatter/size.ts";
import { filter } from "../../opts/filter.ts";
import { parseBytes } from "../../opts/size.ts";
import { confirm } from "../../streams/confirm.ts";
import { print } from "../../streams/print.ts";
import { dryRunFlag } from "../dry-run.ts";

const space = (description: string, hidden = false) => custom(description, "bytes", parseBytes, { hidden });

export default command({
  usage: "",
  arity: noArguments,
  flags: {
    all: bool("Remove all unused build cache, not just dangling ones", { short: "a" }),
    "dry-run": dryRunFlag,
    filter: filter('Provide filter values (e.g. "until=24h")'),
    force: bool("Do not prompt for confirmation", { short: "f" }),
    "keep-storage": space("Amount of disk space to keep for cache", true),
    "max-used-space": space("Maximum amount of disk space allowed to keep for cache"),
    "min-free-space": space("Target amount of free disk space after pruning"),
    "reserved-space": space("Amount of disk space always allowed to keep for cache"),
  },
  async run({ flags, connect }) {
    const what = flags.all ? "all build cache" : "all dangling build cache";
    if (!flags["dry-run"]) confirm(`This will remove ${what}.`, flags.force);
    const reserved = flags["reserved-space"] ?? flags["keep-storage"];
    const [used, free] = [flags["max-used-space"], flags["min-free-space"]];
    const space = await pruneBuilds(await connect(), {
      dryRun: flags["dry-run"],
      all: flags.all,
      filters: flags.filter,
      ...(reserved === undefined ? {} : { reservedSpace: reserved }),
      ...(used === undefined ? {} : { maxUsedSpace: used }),
      ...(free === undefined ? {} : { minFreeSpace: free }),
    });
    print(`${flags["dry-run"] ? "Would reclaim" : "Total reclaimed space"}: ${humanSize(space)}\n`);
    return 0;
  },
});

/** Says what went, or would go; answers its bytes. */
export async function pruneBuilds(client: Client, options: BuildPruneOptions): Promise<number> {
  const { CachesDeleted, SpaceReclaimed } = await pruneBuildCache(client, options);
  const head = options.dryRun === true ? "Would delete build cache objects" : "Deleted build cache objects";
  if (CachesDeleted !== null && CachesDeleted.length > 0) print(`${head}:\n${CachesDeleted.join("\n")}\n\n`);
  return SpaceReclaimed;
}
