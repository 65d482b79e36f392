import { removeImage } from "../../../client/image/remove.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command } from "../../command.ts";
import { bool, list } from "../../flags/kinds.ts";
import { platformOf } from "../../flags/platform.ts";
import { describe } from "../../report.ts";
import { print, printError } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: atLeast(1),
  flags: {
    force: bool("Force removal of the image", { short: "f" }),
    "no-prune": bool("Do not delete untagged parents"),
    platform: list(
      'Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      { placeholder: "strings" },
    ),
  },
  async run({ flags, args, connect }) {
    const platforms = flags.platform
      .flatMap((text) => text.split(","))
      .flatMap((text) => platformOf(text) ?? []);
    const client = await connect();
    let status = 0;
    // One after the other: removing a tag decides whether the next one removes the image.
    for (const name of args) {
      try {
        for (const item of await removeImage(client, name, {
          force: flags.force,
          noprune: flags["no-prune"],
          platforms,
        })) {
          print("Deleted" in item ? `Deleted: ${item.Deleted}\n` : `Untagged: ${item.Untagged}\n`);
        }
      } catch (error) {
        const gone = error instanceof SlipwayError && error.kind === "notFound";
        printError(`${describe(error)}\n`);
        if (!(flags.force && gone)) status = 1;
      }
    }
    return status;
  },
});
