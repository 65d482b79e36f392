import { buildCache } from "../../../client/build/cache.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { ago } from "../../formatter/duration.ts";
import { shortSize } from "../../formatter/size.ts";
import { filter } from "../../opts/filter.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "",
  arity: noArguments,
  flags: {
    filter: filter('Provide filter values (e.g. "type=regular")'),
    verbose: bool("Provide a more verbose output"),
  },
  async run({ flags, connect }) {
    const records = await buildCache(await connect(), flags.filter);
    const rows = records.map(({ ID, Type, Description, InUse, Shared, Size, LastUsedAt, UsageCount }) => {
      const used = LastUsedAt === null ? "" : ago(Date.parse(LastUsedAt) / 1000);
      const short = [ID.slice(0, 24), String(!InUse), `${shortSize(Size)}${Shared ? "*" : ""}`, used];
      return flags.verbose ? [...short, String(UsageCount), Type, Description] : short;
    });
    const head = ["ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED"];
    print(table([flags.verbose ? [...head, "USAGE", "TYPE", "DESCRIPTION"] : head, ...rows]));
    const total = records.reduce((sum, { Size, Shared }) => sum + (Shared ? 0 : Size), 0);
    const reclaimable = records.reduce(
      (sum, { Size, Shared, InUse }) => sum + (Shared || InUse ? 0 : Size),
      0,
    );
    print(`Reclaimable:\t${shortSize(reclaimable)}\nTotal:\t\t${shortSize(total)}\n`);
    return 0;
  },
});

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
      .join("")
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join("");
}
