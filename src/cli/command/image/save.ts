import { saveImages } from "../../../client/image/save.ts";
import { atLeast, command } from "../../command.ts";
import { string } from "../../flags/kinds.ts";
import { platformOf } from "../../flags/platform.ts";
import { checkArchiveOutput, writeArchive } from "../../streams/archive-output.ts";

export default command({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: atLeast(1),
  flags: {
    output: string("Write to a file, instead of STDOUT", { short: "o" }),
    platform: string(
      'Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
  },
  async run({ flags, args, connect }) {
    checkArchiveOutput(flags.output, "-o");
    const platform = platformOf(flags.platform);
    await writeArchive(flags.output, await saveImages(await connect(), [...args], { platform }));
    return 0;
  },
});
