import type { BuildCacheRecord } from "../../../api/index.ts";
import { buildCache } from "../../../client/build/cache.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { buildCacheBlock, buildCacheListing } from "../../formatter/build-cache.ts";
import { chooseFormat, renderRows } from "../../formatter/render.ts";
import { shortSize } from "../../formatter/size.ts";
import { wrong } from "../../local-error.ts";
import { filter } from "../../opts/filter.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "",
  arity: noArguments,
  flags: {
    filter: filter('Provide filter values (e.g. "type=regular")'),
    format: listFormat(),
    verbose: bool('Shorthand for "--format=pretty"'),
  },
  async run({ flags, connect }) {
    if (flags.verbose && flags.format !== "") throw wrong("--format and --verbose cannot be used together");
    const records = await buildCache(await connect(), flags.filter);
    const isPretty = flags.verbose || flags.format === "pretty";
    const isOwn = flags.format !== "" && flags.format !== "table";
    if (isPretty) print(records.map((record) => `${buildCacheBlock(record)}\n`).join(""));
    else print(renderRows(buildCacheListing, chooseFormat(buildCacheListing, flags.format), records));
    if ((isPretty || !isOwn) && Object.keys(flags.filter).length === 0) print(summary(records));
    return 0;
  },
});

/** What images share is not given back by deleting it. */
function summary(records: readonly BuildCacheRecord[]): string {
  const sum = (counts: (record: BuildCacheRecord) => boolean) =>
    records.reduce((total, record) => total + (counts(record) ? record.Size : 0), 0);
  const shared = sum(({ Shared }) => Shared);
  const total = sum(() => true);
  const lines = [
    ...(shared > 0 ? [`Shared:\t\t${shortSize(shared)}`, `Private:\t${shortSize(total - shared)}`] : []),
    `Reclaimable:\t${shortSize(sum(({ Shared, InUse }) => !Shared && !InUse))}`,
    `Total:\t\t${shortSize(total)}`,
  ];
  return `${lines.join("\n")}\n`;
}
