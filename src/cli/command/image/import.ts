import { importImage } from "../../../client/image/import.ts";
import { between, command } from "../../command.ts";
import { list, string } from "../../flags/kinds.ts";
import { splitTarget } from "../../opts/reference.ts";
import { archiveInput } from "../../streams/archive-input.ts";
import { showProgress } from "../../streams/progress.ts";

export default command({
  usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  arity: between(1, 2),
  flags: {
    change: list("Apply Dockerfile instruction to the created image", { short: "c" }),
    message: string("Set commit message for imported image", { short: "m" }),
    platform: string("Set platform if server is multi-platform capable"),
  },
  async run({ flags, args: [source = "", target = ""], connect }) {
    const remote = /^https?:\/\//.test(source);
    const archive = remote
      ? source
      : archiveInput(source, "requested import from stdin, but stdin is a terminal: name a file");
    const messages = importImage(await connect(), archive, {
      ...splitTarget(target),
      message: flags.message || undefined,
      changes: flags.change,
      platform: flags.platform || undefined,
    });
    await showProgress(messages);
    return 0;
  },
});
