import type { ImageHistoryItem } from "../../../api/index.ts";
import { imageHistory } from "../../../client/image/history.ts";
import { command, exactly } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { platformOf } from "../../flags/platform.ts";
import { ago } from "../../formatter/duration.ts";
import { chooseFormat, type Listing, renderRows } from "../../formatter/render.ts";
import { shortSize } from "../../formatter/size.ts";
import { ellipsis, shortId } from "../../formatter/text.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] IMAGE",
  arity: exactly(1),
  flags: {
    format: listFormat(),
    human: bool("Print sizes and dates in human readable format", { short: "H", on: true }),
    "no-trunc": bool("Don't truncate output"),
    platform: string(
      'Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
    quiet: bool("Only show image IDs", { short: "q" }),
  },
  async run({ flags, args: [name = ""], connect }) {
    const listing = historyListing(!flags["no-trunc"], flags.human);
    const platform = platformOf(flags.platform);
    const items = await imageHistory(await connect(), name, { platform });
    print(renderRows(listing, chooseFormat(listing, flags.format, flags.quiet), items));
    return 0;
  },
});

function historyListing(truncate: boolean, human: boolean): Listing<ImageHistoryItem> {
  return {
    typeName: "*image.historyContext",
    table: `table {{.ID}}\\t${human ? "{{.CreatedSince}}" : "{{.CreatedAt}}"}\\t{{.CreatedBy}}\\t{{.Size}}\\t{{.Comment}}`,
    headings: {
      ...{ ID: "IMAGE", CreatedSince: "CREATED", CreatedAt: "CREATED AT", CreatedBy: "CREATED BY" },
      ...{ Size: "SIZE", Comment: "COMMENT" },
    },
    row: (item) => {
      const instruction = item.CreatedBy.replaceAll("\t", " ");
      return {
        ID: truncate ? shortId(item.Id) : item.Id,
        CreatedSince: human && item.Created > 0 ? ago(item.Created) : moment(item),
        CreatedAt: moment(item),
        CreatedBy: truncate ? ellipsis(instruction, 45) : instruction,
        Size: human ? shortSize(item.Size) : String(item.Size),
        Comment: item.Comment,
      };
    },
  };
}

/** RFC 3339 with an offset, as docker prints it. */
function moment(item: ImageHistoryItem): string {
  return item.Created <= 0 ? "" : new Date(item.Created * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
