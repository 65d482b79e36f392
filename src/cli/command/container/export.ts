import { exportContainer } from "../../../client/container/export.ts";
import { command, exactly } from "../../command.ts";
import { string } from "../../flags/kinds.ts";
import { checkArchiveOutput, writeArchive } from "../../streams/archive-output.ts";

export default command({
  usage: "[OPTIONS] CONTAINER",
  arity: exactly(1),
  flags: { output: string("Write to a file, instead of STDOUT", { short: "o" }) },
  async run({ flags, args: [name = ""], connect }) {
    checkArchiveOutput(flags.output, "-o");
    await writeArchive(flags.output, await exportContainer(await connect(), name));
    return 0;
  },
});
