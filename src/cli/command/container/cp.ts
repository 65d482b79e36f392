import { command } from "../../command.ts";
import { copyAll } from "../../copy/copy.ts";
import { bool } from "../../flags/kinds.ts";
import { isTerminal } from "../../streams/terminal.ts";

export default command({
  usage: [
    "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-",
    "[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
    "[OPTIONS] CONTAINER:SRC_PATH CONTAINER:DEST_PATH",
  ],
  description:
    "Copy files/folders between a container and the local filesystem, or between containers\n\n" +
    "With '-' as the source, a tar archive is read from stdin and unpacked into a\n" +
    "directory of the container. With '-' as the destination, a tar archive of the\n" +
    "container's path is written to stdout. Several sources are copied into a directory;\n" +
    "*, ? and [] in a container's path stand for what they match there.",
  arity: { min: 2, max: Number.POSITIVE_INFINITY },
  flags: {
    archive: bool("Archive mode (copy all uid/gid information)", { short: "a" }),
    "follow-link": bool("Always follow symbol link in SRC_PATH", { short: "L" }),
    quiet: bool(
      "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
      { short: "q" },
    ),
  },
  async run({ flags, args, changed, connect }) {
    const quiet = changed("quiet") ? flags.quiet : !isTerminal(1);
    const options = { keepOwner: flags.archive, followLink: flags["follow-link"], quiet };
    await copyAll(args.slice(0, -1), args.at(-1) ?? "", options, connect);
    return 0;
  },
});
