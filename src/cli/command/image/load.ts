import { loadImages } from "../../../client/image/load.ts";
import { command, noArguments } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { platformOf } from "../../flags/platform.ts";
import { archiveInput } from "../../streams/archive-input.ts";
import { showProgress } from "../../streams/progress.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    input: string("Read from tar archive file, instead of STDIN", { short: "i" }),
    platform: string(
      'Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
    quiet: bool("Suppress the load output", { short: "q" }),
  },
  async run({ flags, connect }) {
    const platform = platformOf(flags.platform);
    const archive = archiveInput(
      flags.input,
      "requested load from stdin, but stdin is empty: use --input FILE or a pipe",
    );
    await showProgress(loadImages(await connect(), archive, { quiet: flags.quiet, platform }));
    return 0;
  },
});
