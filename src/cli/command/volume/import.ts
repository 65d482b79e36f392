import { importVolume } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";
import { bool, unsupported } from "../../flags/kinds.ts";
import { archiveInput } from "../../streams/archive-input.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] file|- VOLUME",
  arity: exactly(2),
  flags: {
    pause: unsupported(
      "Pause the containers that use the volume meanwhile",
      "",
      "a paused container would go on with the old files: stop the containers that use the volume instead",
    ),
    replace: bool("Replace what the volume holds"),
  },
  async run({ flags, args: [file = "", name = ""], connect }) {
    const archive = archiveInput(file, "requested import from stdin, but stdin is a terminal: name a file");
    const { Name } = await importVolume(await connect(), name, archive, { replace: flags.replace });
    print(`${Name}\n`);
    return 0;
  },
});
