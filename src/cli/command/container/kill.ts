import { killContainer } from "../../../client/container/kill.ts";
import { atLeast, command } from "../../command.ts";
import { string } from "../../flags/kinds.ts";
import { forEach } from "../for-each.ts";

export default command({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags: { signal: string("Signal to send to the container", { short: "s" }) },
  async run({ flags, args, connect }) {
    const client = await connect();
    return await forEach(args, (name) => killContainer(client, name, flags.signal || undefined));
  },
});
