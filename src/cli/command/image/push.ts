import type { ManifestPushedInsteadOfIndex, ProgressMessage } from "../../../api/index.ts";
import { pushImage } from "../../../client/image/push.ts";
import { formatReference, repositoryOf } from "../../../oci/reference.ts";
import { command, exactly } from "../../command.ts";
import { credentialsFor } from "../../config/credentials.ts";
import { contentTrust } from "../../flags/content-trust.ts";
import { bool, string } from "../../flags/kinds.ts";
import { platformOf } from "../../flags/platform.ts";
import { formatNote } from "../../formatter/note.ts";
import { wrong } from "../../local-error.ts";
import { chooseReference } from "../../opts/reference.ts";
import { isColoured } from "../../streams/coloured.ts";
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
    if (platform !== undefined) note(onlyOnePlatform);
    const messages = pushImage(await connect(), repositoryOf(reference), { tag, platform, auth });
    const notes: string[] = [];
    await showProgress(noting(messages, notes), { quiet: flags.quiet });
    if (flags.quiet) print(`${formatReference(reference)}\n`);
    for (const text of notes) note(text);
    return 0;
  },
});

const onlyOnePlatform = `Using --platform pushes only the manifest of that platform, out of an image for several.
What else the image has, such as attestations, is not sent.
To push all of it leave the flag --platform out.`;

const note = (text: string): void => print(formatNote(text, isColoured()));

/** The messages of a push, and what its remarks come to in words. */
async function* noting(
  messages: AsyncIterable<ProgressMessage>,
  notes: string[],
): AsyncGenerator<ProgressMessage> {
  for await (const message of messages) {
    const aux = message.aux as Partial<ManifestPushedInsteadOfIndex> | undefined;
    if (aux?.manifestPushedInsteadOfIndex === true) {
      notes.push(
        "Not all that the image has for other platforms is here, so that only the image for one was pushed\n" +
          `${aux.originalIndex?.digest} -> ${aux.selectedManifest?.digest}`,
      );
    }
    yield message;
  }
}
