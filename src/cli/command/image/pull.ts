import { pullImage } from "../../../client/image/pull.ts";
import { formatReference, repositoryOf } from "../../../oci/reference.ts";
import { command, exactly } from "../../command.ts";
import { credentialsFor } from "../../config/credentials.ts";
import { contentTrust } from "../../flags/content-trust.ts";
import { bool } from "../../flags/kinds.ts";
import { platformFlag, platformName } from "../../flags/platform.ts";
import { chooseReference } from "../../opts/reference.ts";
import { print } from "../../streams/print.ts";
import { showProgress } from "../../streams/progress.ts";

export default command({
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  arity: exactly(1),
  flags: {
    "all-tags": bool("Download all tagged images in the repository", { short: "a" }),
    "disable-content-trust": contentTrust("Skip image verification"),
    platform: platformFlag(),
    quiet: bool("Suppress verbose output", { short: "q" }),
  },
  async run({ flags, args: [name = ""], config, connect }) {
    const { reference, defaulted } = chooseReference(name, flags["all-tags"]);
    const platform = platformName(flags.platform);
    if (defaulted && !flags.quiet) print("Using default tag: latest\n");
    const auth = await credentialsFor(await config(), reference.domain);
    const tag = reference.digest ?? reference.tag;
    const messages = pullImage(await connect(), repositoryOf(reference), { tag, platform, auth });
    await showProgress(messages, { quiet: flags.quiet });
    print(`${formatReference(reference)}\n`);
    return 0;
  },
});
