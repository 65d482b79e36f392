import { restoreVolume } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";
import { unsupported } from "../../flags/kinds.ts";

export default command({
  usage: "VOLUME SNAPSHOT",
  arity: exactly(2),
  flags: {
    pause: unsupported(
      "Pause the containers that use the volume meanwhile",
      "",
      "a paused container would go on with the old files: stop the containers that use the volume instead",
    ),
  },
  async run({ args: [name = "", snapshot = ""], connect }) {
    await restoreVolume(await connect(), name, snapshot);
    return 0;
  },
});
