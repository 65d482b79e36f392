import type { CollectReport } from "../../../api/index.ts";
import { collectStore } from "../../../client/store/collect.ts";
import { command, noArguments } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { alignColumns } from "../../formatter/columns.ts";
import { ago } from "../../formatter/duration.ts";
import { humanSize, shortSize } from "../../formatter/size.ts";
import { shortId } from "../../formatter/text.ts";
import { wrong } from "../../local-error.ts";
import { objectFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS]",
  description:
    "Make room on the data root's disk now, as the engine does by itself when space is short.\n\n" +
    "First goes what nothing needs, then images that no container uses, those first that were not used for the longest\n" +
    "time, until enough is free. Images with the label slipway.keep, or named by the engine's gc-keep, stay.",
  arity: noArguments,
  flags: {
    "dry-run": bool("Show what would go, and leave it"),
    format: objectFormat({}),
    free: string("How much is to be free: 20%, 20GB (default: the engine's gc-target-free-space)"),
    unused: bool("Take images with a tag, too (default: as the engine's gc-images says)"),
  },
  async run({ flags, changed, connect }) {
    if (!["", "json"].includes(flags.format)) throw wrong("a report has no template: use --format json");
    const report = await collectStore(await connect(), {
      dryRun: flags["dry-run"],
      free: flags.free === "" ? undefined : flags.free,
      unused: changed("unused") ? flags.unused : undefined,
    });
    print(flags.format === "json" ? `${JSON.stringify(report)}\n` : text(report, flags["dry-run"]));
    return 0;
  },
});

function text(report: CollectReport, dryRun: boolean): string {
  const { FreeSpace, Target, Images, Leftovers, BuildCache, SpaceReclaimed, Kept } = report;
  if (FreeSpace >= Target)
    return `Nothing to do: ${humanSize(FreeSpace)} are free, and ${humanSize(Target)} are wanted\n`;
  const rows = Images.map(({ Id, Names, LastUsed, Size }) =>
    [
      Names.map((name) => (name === Id ? `<none> ${shortId(Id)}` : name)).join(", "),
      LastUsed === "" ? "N/A" : ago(Date.parse(LastUsed) / 1000),
      shortSize(Size),
    ].join("\t"),
  );
  const parts: string[] = [];
  if (rows.length > 0) parts.push(alignColumns(["IMAGE\tLAST USED\tSIZE", ...rows].join("\n")), "\n");
  if (Leftovers > 0) parts.push(`Leftovers of interrupted work: ${humanSize(Leftovers)}\n`);
  if (BuildCache > 0) parts.push(`Build cache: ${humanSize(BuildCache)}\n`);
  parts.push(`${dryRun ? "Would reclaim" : "Total reclaimed space"}: ${humanSize(SpaceReclaimed)}\n`);
  if (FreeSpace + SpaceReclaimed < Target) {
    parts.push(
      `${humanSize(Target)} are wanted: that is not enough. More goes with --unused, or with 'system prune'\n`,
    );
    for (const { Names, Reason } of Kept) parts.push(`Kept ${Names.join(", ")}: ${Reason}\n`);
  }
  return parts.join("");
}
