import { removeVolume } from "../../../client/volume/remove.ts";
import { atLeast, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { forEach } from "../for-each.ts";

export default command({
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  description: "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
  arity: atLeast(1),
  flags: { force: bool("Force the removal of one or more volumes", { short: "f" }) },
  async run({ flags, args, connect }) {
    const client = await connect();
    return await forEach(args, (name) => removeVolume(client, name, { force: flags.force }));
  },
});
