import { unpauseContainer } from "../../../client/container/unpause.ts";
import { atLeast, command } from "../../command.ts";
import { forEach } from "../for-each.ts";

export default command({
  usage: "CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags: {},
  async run({ args, connect }) {
    const client = await connect();
    return await forEach(args, (name) => unpauseContainer(client, name));
  },
});
