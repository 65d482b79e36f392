import type { FlagValues } from "../../flags/flag.ts";
import { integer, string } from "../../flags/kinds.ts";

/** What `stop` and `restart` take. */
export const stopFlags = {
  signal: string("Signal to send to the container", { short: "s" }),
  time: integer("Seconds to wait before killing the container", {
    hidden: true,
    deprecated: "use --timeout instead",
  }),
  timeout: integer("Seconds to wait before killing the container", { short: "t" }),
};

export function stopOptions(flags: FlagValues<typeof stopFlags>) {
  return { timeout: flags.timeout ?? flags.time, signal: flags.signal || undefined };
}
