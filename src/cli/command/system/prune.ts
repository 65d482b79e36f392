import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { humanSize } from "../../formatter/size.ts";
import { wrong } from "../../local-error.ts";
import { confirm } from "../../streams/confirm.ts";
import { print } from "../../streams/print.ts";
import { pruneBuilds } from "../builder/prune.ts";
import { pruneStopped } from "../container/prune.ts";
import { dryRunFlag, showPreview } from "../dry-run.ts";
import { pruneUnused, wanted } from "../image/prune.ts";
import { pruneUnusedNetworks } from "../network/prune.ts";
import { pruneFilters, pruneFlags } from "../prune-flags.ts";
import { pruneUnusedVolumes } from "../volume/prune.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    all: bool("Remove all unused images not just dangling ones", { short: "a" }),
    "dry-run": dryRunFlag,
    ...pruneFlags,
    volumes: bool("Prune anonymous volumes"),
  },
  async run({ flags, connect, preferences }) {
    if (flags.volumes && flags.filter.until !== undefined)
      throw wrong('ERROR: The "until" filter is not supported with "--volumes"');
    const filters = pruneFilters(flags.filter, await preferences());
    if (flags["dry-run"]) {
      const types = [
        "container",
        "network",
        ...(flags.volumes ? (["volume"] as const) : []),
        "image",
      ] as const;
      const client = await connect();
      const foreseen = await pruneBuilds(client, { dryRun: true, all: flags.all, filters });
      await showPreview(client, types, wanted(filters, flags.all), foreseen);
      return 0;
    }
    const parts = ["all stopped containers", "all networks not used by at least one container"];
    if (flags.volumes) parts.push("all anonymous volumes not used by at least one container");
    parts.push(
      flags.all ? "all images without at least one container associated to them" : "all dangling images",
    );
    parts.push(flags.all ? "all build cache" : "unused build cache");
    confirm(`This will remove:\n${parts.map((part) => `  - ${part}\n`).join("")}`, flags.force);
    const client = await connect();
    let space = await pruneStopped(client, filters);
    await pruneUnusedNetworks(client, filters);
    if (flags.volumes) space += await pruneUnusedVolumes(client, filters);
    space += await pruneUnused(client, filters, flags.all);
    space += await pruneBuilds(client, { all: flags.all, filters });
    print(`Total reclaimed space: ${humanSize(space)}\n`);
    return 0;
  },
});
