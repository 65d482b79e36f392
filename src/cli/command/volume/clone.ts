import { cloneVolume } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] VOLUME NEW_NAME",
  arity: exactly(2),
  flags: { pause: bool("Pause the containers that use the volume meanwhile") },
  async run({ flags, args: [name = "", to = ""], connect }) {
    const { Name } = await cloneVolume(await connect(), name, to, { pause: flags.pause });
    print(`${Name}\n`);
    return 0;
  },
});
