import { listContainers } from "../../../client/container/list.ts";
import { command, noArguments } from "../../command.ts";
import { bool, custom } from "../../flags/kinds.ts";
import { parseInteger } from "../../flags/scalar.ts";
import { containerListing } from "../../formatter/container.ts";
import { chooseFormat, renderRows } from "../../formatter/render.ts";
import { sgr } from "../../formatter/sgr.ts";
import { filter } from "../../opts/filter.ts";
import { listFormat } from "../../opts/format.ts";
import { isColoured } from "../../streams/coloured.ts";
import { print } from "../../streams/print.ts";
import { isTerminal } from "../../streams/terminal.ts";
import { directNetworks } from "./direct-networks.ts";

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
    const options = { truncate: !flags["no-trunc"], size: flags.size };
    const { psFormat } = await preferences();
    const plain = containerListing(options);
    const format = chooseFormat(plain, flags.format, flags.quiet, psFormat);
    const mark = format === plain.table && isTerminal(1) ? externalMark() : undefined;
    const last = flags.last ?? -1;
    const limit = flags.latest && last < 0 ? 1 : last;
    const client = await connect();
    const containers = await listContainers(client, {
      all: flags.all,
      limit: limit > 0 ? limit : undefined,
      size: flags.size || /\.Size\b/.test(format),
      filters: flags.filter,
    });
    const asksExposure = mark !== undefined || format === "json" || /\.Exposure\b/.test(format);
    const direct = asksExposure ? await directNetworks(client, containers) : new Set<string>();
    print(renderRows(containerListing({ ...options, mark, direct }), format, containers));
    return 0;
  },
});

/** Programs read docker's column as it is, so only people see what other machines reach: `0.0.0.0:80->80/tcp ↗`. */
function externalMark(): (text: string) => string {
  const paint = isColoured() ? sgr(33) : (text: string) => text;
  return (text) => paint(`${text} ↗`);
}
