import { snapshotVolume } from "../../../client/volume/copies.ts";
import { between, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] VOLUME [SNAPSHOT]",
  arity: between(1, 2),
  flags: { pause: bool("Pause the containers that use the volume meanwhile") },
  async run({ flags, args: [name = "", snapshot], connect }) {
    const { Name } = await snapshotVolume(await connect(), name, snapshot, { pause: flags.pause });
    print(`${Name}\n`);
    return 0;
  },
});
