import { renameVolume } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";

export default command({
  usage: "OLD_VOLUME NEW_NAME",
  arity: exactly(2),
  flags: {},
  async run({ args: [name = "", to = ""], connect }) {
    await renameVolume(await connect(), name, to);
    return 0;
  },
});
