import { bool } from "../flags/kinds.ts";
import { filter } from "../opts/filter.ts";

/** What every prune takes. */
export const pruneFlags = {
  filter: filter('Provide filter values (e.g. "label=<key>=<value>")'),
  force: bool("Do not prompt for confirmation", { short: "f" }),
};
