import { removeVolumeSnapshot } from "../../../client/volume/copies.ts";
import { atLeast, command } from "../../command.ts";
import { forEach } from "../for-each.ts";

export default command({
  usage: "VOLUME SNAPSHOT [SNAPSHOT...]",
  arity: atLeast(2),
  flags: {},
  async run({ args: [name = "", ...snapshots], connect }) {
    const client = await connect();
    return await forEach(snapshots, (snapshot) => removeVolumeSnapshot(client, name, snapshot));
  },
});
