import { listContainers } from "../../../client/container/list.ts";
import { command, noArguments } from "../../command.ts";
import { bool, custom } from "../../flags/kinds.ts";
import { parseInteger } from "../../flags/scalar.ts";
import { containerListing } from "../../formatter/container.ts";
import { chooseFormat, renderRows } from "../../formatter/render.ts";
import { filter } from "../../opts/filter.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    all: bool("Show all containers (default shows just running)", { short: "a" }),
    filter: filter("Filter output based on conditions provided", { short: "f" }),
    format: listFormat(),
    last: custom(
      "Show n last created containers (includes all states)",
      "int",
      (text) => parseInteger(text),
      {
        short: "n",
        shownDefault: "-1",
      },
    ),
    latest: bool("Show the latest created container (includes all states)", { short: "l" }),
    "no-trunc": bool("Don't truncate output"),
    quiet: bool("Only display container IDs", { short: "q" }),
    size: bool("Display total file sizes", { short: "s" }),
  },
  async run({ flags, connect, preferences }) {
    const listing = containerListing({ truncate: !flags["no-trunc"], size: flags.size });
    const { psFormat } = await preferences();
    const format = chooseFormat(listing, flags.format, flags.quiet, psFormat);
    const last = flags.last ?? -1;
    const limit = flags.latest && last < 0 ? 1 : last;
    const containers = await listContainers(await connect(), {
      all: flags.all,
      limit: limit > 0 ? limit : undefined,
      size: flags.size || /\.Size\b/.test(format),
      filters: flags.filter,
    });
    print(renderRows(listing, format, containers));
    return 0;
  },
});
