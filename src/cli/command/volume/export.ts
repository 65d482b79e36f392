import { exportVolume } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { checkArchiveOutput, writeArchive } from "../../streams/archive-output.ts";

export default command({
  usage: "[OPTIONS] VOLUME",
  arity: exactly(1),
  flags: {
    output: string("Write to a file, instead of STDOUT", { short: "o" }),
    pause: bool("Pause the containers that use the volume meanwhile"),
    zstd: bool("Compress with zstd"),
  },
  async run({ flags: { output, ...options }, args: [name = ""], connect }) {
    checkArchiveOutput(output, "-o");
    await writeArchive(output, await exportVolume(await connect(), name, options));
    return 0;
  },
});
