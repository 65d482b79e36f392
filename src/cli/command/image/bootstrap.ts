import { bootstrapImage } from "../../../client/image/bootstrap.ts";
import { command, exactly } from "../../command.ts";
import { bool, list, string } from "../../flags/kinds.ts";
import { print } from "../../streams/print.ts";
import { showProgress } from "../../streams/progress.ts";

export default command({
  usage: "[OPTIONS] NAME[:TAG]",
  description:
    "Make a base image without a registry\n\n" +
    "NAME[:TAG] is busybox (from the host's package busybox-static), or a suite or version of\n" +
    "Debian or Ubuntu, such as debian:bookworm, debian:12-slim or ubuntu:24.04 (from a mirror,\n" +
    "with debootstrap). The same packages make the same image.",
  arity: exactly(1),
  flags: {
    include: list("Packages to install, too, with commas between"),
    mirror: string("URL of the distribution's archive (default the engine's)"),
    quiet: bool("Only show the image ID", { short: "q" }),
    tag: string("Name of the image, if it shall have another", { short: "t" }),
    variant: string("What is installed: minbase, slim (without manuals and translations) or buildd"),
  },
  async run({ flags, args: [name = ""], connect }) {
    const { quiet, include } = flags;
    const [tag, variant, mirror] = [flags.tag, flags.variant, flags.mirror].map(
      (value) => value || undefined,
    );
    const messages = bootstrapImage(await connect(), name, { tag, variant, mirror, include });
    if (!quiet) {
      await showProgress(messages);
      return 0;
    }
    let id = "";
    for await (const { status } of messages) id = status ?? id;
    print(`${id}\n`);
    return 0;
  },
});
