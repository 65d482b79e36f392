import { restoreVolume } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";

export default command({
  usage: "VOLUME SNAPSHOT",
  arity: exactly(2),
  flags: {},
  async run({ args: [name = "", snapshot = ""], connect }) {
    await restoreVolume(await connect(), name, snapshot);
    return 0;
  },
});
