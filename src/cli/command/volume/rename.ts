import { renameVolume } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";
import { unsupported } from "../../flags/kinds.ts";

export default command({
  usage: "OLD_VOLUME NEW_NAME",
  arity: exactly(2),
  flags: {
    pause: unsupported(
      "Pause the containers that use the volume meanwhile",
      "",
      "there is no need to pause: containers that use the volume go on with it under its new name",
    ),
  },
  async run({ args: [name = "", to = ""], connect }) {
    await renameVolume(await connect(), name, to);
    return 0;
  },
});
