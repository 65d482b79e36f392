import { loadImages } from "../../../client/image/load.ts";
import { command, noArguments } from "../../command.ts";
import { bool, string, unsupported } from "../../flags/kinds.ts";
import { archiveInput } from "../../streams/archive-input.ts";
import { showProgress } from "../../streams/progress.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    input: string("Read from tar archive file, instead of STDIN", { short: "i" }),
    platform: unsupported(
      "Load only the given platform variant",
      "string",
      "loading one platform of several is not available in this version",
    ),
    quiet: bool("Suppress the load output", { short: "q" }),
  },
  async run({ flags, connect }) {
    const archive = archiveInput(
      flags.input,
      "requested load from stdin, but stdin is empty: use --input FILE or a pipe",
    );
    await showProgress(loadImages(await connect(), archive, { quiet: flags.quiet }));
    return 0;
  },
});
