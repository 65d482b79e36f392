import type { SearchResult } from "../../api/index.ts";
import type { Listing } from "./render.ts";
import { ellipsis } from "./text.ts";

/** The columns of `search`; JSON has words where the table has a mark. */
export function searchListing(options: { truncate: boolean; asJson: boolean }): Listing<SearchResult> {
  const mark = (is: boolean) => (options.asJson ? String(is) : is ? "[OK]" : "");
  return {
    typeName: "*registry.searchContext",
    table: "table {{.Name}}\\t{{.Description}}\\t{{.StarCount}}\\t{{.IsOfficial}}",
    headings: {
      ...{ Name: "NAME", Description: "DESCRIPTION", StarCount: "STARS", IsOfficial: "OFFICIAL" },
    },
    row: (result) => {
      const description = result.description.replace(/[\r\n]/g, " ");
      return {
        Name: result.name,
        Description: options.truncate ? ellipsis(description, 45) : description,
        StarCount: String(result.star_count),
        IsOfficial: mark(result.is_official),
      };
    },
  };
}
