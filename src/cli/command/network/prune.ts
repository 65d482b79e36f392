import type { Filters } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { pruneNetworks } from "../../../client/network/prune.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { filter } from "../../opts/filter.ts";
import { confirm } from "../../streams/confirm.ts";
import { print } from "../../streams/print.ts";
import { dryRunFlag, showPreview } from "../dry-run.ts";
import { pruneFilters } from "../prune-flags.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    "dry-run": dryRunFlag,
    filter: filter('Provide filter values (e.g. "until=<timestamp>")'),
    force: bool("Do not prompt for confirmation", { short: "f" }),
  },
  async run({ flags, connect, preferences }) {
    const filters = pruneFilters(flags.filter, await preferences());
    if (flags["dry-run"]) {
      await showPreview(await connect(), ["network"], filters);
      return 0;
    }
    confirm("This will remove all custom networks not used by at least one container.", flags.force);
    await pruneUnusedNetworks(await connect(), filters);
    return 0;
  },
});

/** Removes networks that no container uses, and lists them. */
export async function pruneUnusedNetworks(client: Client, filters: Filters): Promise<void> {
  const deleted = (await pruneNetworks(client, filters)).NetworksDeleted ?? [];
  if (deleted.length > 0) print(`Deleted Networks:\n${deleted.join("\n")}\n\n`);
}
