import type { FlagSet } from "./flags/flag.ts";
import { bool, list, string } from "./flags/kinds.ts";

/** The options in front of every command. */
export const globalFlags = {
  config: string("Location of client config files, which are docker's"),
  context: string('Name of the context to use; only "default" exists, use --host for another engine', {
    short: "c",
  }),
  debug: bool("Enable debug mode: failures show where they come from", { short: "D" }),
  host: list("Engine socket to connect to", { short: "H" }),
  "log-level": string(
    'Set the logging level ("debug", "info", "warn", "error", "fatal"); "debug" is as --debug',
    {
      short: "l",
      initial: "info",
    },
  ),
  version: bool("Print version information and quit", { short: "v" }),
} satisfies FlagSet;
