import { search } from "../../../client/registry/search.ts";
import { command, exactly } from "../../command.ts";
import { credentialsFor } from "../../config/credentials.ts";
import { bool, integer, string } from "../../flags/kinds.ts";
import { chooseFormat, renderRows } from "../../formatter/render.ts";
import { searchListing } from "../../formatter/search.ts";
import { filter } from "../../opts/filter.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] TERM",
  arity: exactly(1),
  flags: {
    filter: filter("Filter output based on conditions provided", { short: "f" }),
    format: string("Pretty-print search using a Go template"),
    limit: integer("Max number of search results"),
    "no-trunc": bool("Don't truncate output"),
  },
  async run({ flags, args: [term = ""], config, connect }) {
    const auth = await credentialsFor(await config(), registryOf(term));
    const options = { limit: flags.limit || undefined, filters: flags.filter, auth };
    const results = await search(await connect(), term, options);
    const asJson = /^json$|\{\{ *json \. *\}\}/.test(flags.format);
    const listing = searchListing({ truncate: !flags["no-trunc"], asJson });
    print(renderRows(listing, chooseFormat(listing, flags.format), results));
    return 0;
  },
});

/** The registry that is searched: named before the first slash, or docker.io. */
function registryOf(term: string): string {
  const slash = term.indexOf("/");
  const first = term.slice(0, Math.max(slash, 0));
  return first === "localhost" || /[.:]/.test(first) ? first : "docker.io";
}
