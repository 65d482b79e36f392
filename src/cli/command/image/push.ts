import { pushImage } from "../../../client/image/push.ts";
import { formatReference, repositoryOf } from "../../../oci/reference.ts";
import { command, exactly } from "../../command.ts";
import { credentialsFor } from "../../config/credentials.ts";
import { contentTrust } from "../../flags/content-trust.ts";
import { bool, string } from "../../flags/kinds.ts";
import { platformOf } from "../../flags/platform.ts";
import { wrong } from "../../local-error.ts";
import { chooseReference } from "../../opts/reference.ts";
import { print } from "../../streams/print.ts";
import { showProgress } from "../../streams/progress.ts";

export default command({
  usage: "[OPTIONS] NAME[:TAG]",
  arity: exactly(1),
  flags: {
    "all-tags": bool("Push all tags of an image to the repository", { short: "a" }),
    "disable-content-trust": contentTrust("Skip image signing"),
    platform: string(
      "Push only what an image has for one platform, as an image of that platform alone.\n" +
        "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)",
    ),
    quiet: bool("Suppress verbose output", { short: "q" }),
  },
  async run({ flags, args: [name = ""], config, connect }) {
    const { reference, defaulted } = chooseReference(name, flags["all-tags"]);
    if (reference.digest !== undefined) throw wrong("cannot push a digest reference");
    const platform = platformOf(flags.platform);
    if (defaulted && !flags.quiet) print("Using default tag: latest\n");
    const auth = await credentialsFor(await config(), reference.domain);
    const { tag } = reference;
    const messages = pushImage(await connect(), repositoryOf(reference), { tag, platform, auth });
    await showProgress(messages, { quiet: flags.quiet });
    if (flags.quiet) print(`${formatReference(reference)}\n`);
    return 0;
  },
});
