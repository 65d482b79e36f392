import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { humanSize } from "../../formatter/size.ts";
import { wrong } from "../../local-error.ts";
import { confirm } from "../../streams/confirm.ts";
import { print } from "../../streams/print.ts";
import { pruneStopped } from "../container/prune.ts";
import { pruneUnused } from "../image/prune.ts";
import { pruneFlags } from "../prune-flags.ts";
import { pruneUnusedVolumes } from "../volume/prune.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    all: bool("Remove all unused images not just dangling ones", { short: "a" }),
    ...pruneFlags,
    volumes: bool("Prune anonymous volumes"),
  },
  async run({ flags, connect }) {
    if (flags.volumes && flags.filter.until !== undefined)
      throw wrong('ERROR: The "until" filter is not supported with "--volumes"');
    const parts = ["all stopped containers"];
    if (flags.volumes) parts.push("all anonymous volumes not used by at least one container");
    parts.push(
      flags.all ? "all images without at least one container associated to them" : "all dangling images",
    );
    confirm(`This will remove:\n${parts.map((part) => `  - ${part}\n`).join("")}`, flags.force);
    const client = await connect();
    let space = await pruneStopped(client, flags.filter);
    if (flags.volumes) space += await pruneUnusedVolumes(client, flags.filter);
    space += await pruneUnused(client, flags.filter, flags.all);
    print(`Total reclaimed space: ${humanSize(space)}\n`);
    return 0;
  },
});
