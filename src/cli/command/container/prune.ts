import type { Filters } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { pruneContainers } from "../../../client/container/prune.ts";
import { command, noArguments } from "../../command.ts";
import { humanSize } from "../../formatter/size.ts";
import { confirm } from "../../streams/confirm.ts";
import { print } from "../../streams/print.ts";
import { dryRunFlag, showPreview } from "../dry-run.ts";
import { pruneFilters, pruneFlags } from "../prune-flags.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: { "dry-run": dryRunFlag, ...pruneFlags },
  async run({ flags, connect, preferences }) {
    const filters = pruneFilters(flags.filter, await preferences());
    if (flags["dry-run"]) {
      await showPreview(await connect(), ["container"], filters);
      return 0;
    }
    confirm("This will remove all stopped containers.", flags.force);
    const space = await pruneStopped(await connect(), filters);
    print(`Total reclaimed space: ${humanSize(space)}\n`);
    return 0;
  },
});

/** Removes stopped containers, lists them, and returns the freed bytes. */
export async function pruneStopped(client: Client, filters: Filters): Promise<number> {
  const { ContainersDeleted, SpaceReclaimed } = await pruneContainers(client, filters);
  const deleted = ContainersDeleted ?? [];
  if (deleted.length > 0) print(`Deleted Containers:\n${deleted.join("\n")}\n\n`);
  return SpaceReclaimed;
}
