import { saveImages } from "../../../client/image/save.ts";
import { atLeast, command } from "../../command.ts";
import { string, unsupported } from "../../flags/kinds.ts";
import { checkArchiveOutput, writeArchive } from "../../streams/archive-output.ts";

export default command({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: atLeast(1),
  flags: {
    output: string("Write to a file, instead of STDOUT", { short: "o" }),
    platform: unsupported(
      "Save only the given platform variant",
      "string",
      "saving one platform of several is not available in this version",
    ),
  },
  async run({ flags, args, connect }) {
    checkArchiveOutput(flags.output, "-o");
    await writeArchive(flags.output, await saveImages(await connect(), [...args]));
    return 0;
  },
});
