import type { Flag } from "../flags/flag.ts";
import { string } from "../flags/kinds.ts";

const templates =
  "'json':             Print in JSON format\n" +
  "'TEMPLATE':         Print output using the given Go template";

/** `--format` of a list. */
export const listFormat = (): Flag<string> =>
  string(
    "Format output using a custom template:\n" +
      "'table':            Print output in table format with column headers (default)\n" +
      "'table TEMPLATE':   Print output in table format using the given Go template\n" +
      templates,
  );

/** `--format` of single objects. */
export const objectFormat = (options: { short?: string } = { short: "f" }): Flag<string> =>
  string(`Format output using a custom template:\n${templates}`, options);
