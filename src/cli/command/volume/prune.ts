import type { Filters } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { pruneVolumes } from "../../../client/volume/prune.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { humanSize } from "../../formatter/size.ts";
import { wrong } from "../../local-error.ts";
import { confirm } from "../../streams/confirm.ts";
import { print } from "../../streams/print.ts";
import { dryRunFlag, showPreview } from "../dry-run.ts";
import { pruneFilters, pruneFlags } from "../prune-flags.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    all: bool("Remove all unused volumes, not just anonymous ones", { short: "a" }),
    "dry-run": dryRunFlag,
    ...pruneFlags,
  },
  async run({ flags, connect, preferences }) {
    if (flags.all && flags.filter.all !== undefined)
      throw wrong("conflicting options: cannot specify both --all and --filter all=1");
    const configured = pruneFilters(flags.filter, await preferences());
    const filters = flags.all ? { ...configured, all: ["true"] } : configured;
    if (flags["dry-run"]) {
      await showPreview(await connect(), ["volume"], filters);
      return 0;
    }
    const which = flags.all ? "" : "anonymous ";
    confirm(`This will remove ${which}local volumes not used by at least one container.`, flags.force);
    const space = await pruneUnusedVolumes(await connect(), filters);
    print(`Total reclaimed space: ${humanSize(space)}\n`);
    return 0;
  },
});

/** Removes unused volumes, lists them, and returns the freed bytes. */
export async function pruneUnusedVolumes(client: Client, filters: Filters): Promise<number> {
  const { VolumesDeleted, SpaceReclaimed } = await pruneVolumes(client, filters);
  const deleted = VolumesDeleted ?? [];
  if (deleted.length > 0) print(`Deleted Volumes:\n${deleted.join("\n")}\n\n`);
  return SpaceReclaimed;
}
