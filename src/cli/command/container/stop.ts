import { stopContainer } from "../../../client/container/stop.ts";
import { atLeast, command } from "../../command.ts";
import { forEach } from "../for-each.ts";
import { stopFlags, stopOptions } from "./stop-flags.ts";

export default command({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags: stopFlags,
  async run({ flags, args, connect }) {
    const client = await connect();
    return await forEach(args, (name) => stopContainer(client, name, stopOptions(flags)));
  },
});
