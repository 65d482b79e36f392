import { inspectContainer } from "../../../client/container/inspect.ts";
import { atLeast, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { objectFormat } from "../../opts/format.ts";
import { inspectAll } from "../inspect.ts";

export default command({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags: {
    format: objectFormat(),
    size: bool("Display total file sizes", { short: "s" }),
  },
  async run({ flags, args, connect }) {
    const client = await connect();
    return await inspectAll(args, flags.format, (name) =>
      inspectContainer(client, name, { size: flags.size }),
    );
  },
});
