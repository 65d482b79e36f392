import { inspectVolume } from "../../../client/volume/inspect.ts";
import { atLeast, command } from "../../command.ts";

import { objectFormat } from "../../opts/format.ts";
import { inspectAll } from "../inspect.ts";

export default command({
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  arity: atLeast(1),
  flags: {
    format: objectFormat(),
  },
  async run({ flags, args, connect }) {
    const client = await connect();
    return await inspectAll(args, flags.format, (name) => inspectVolume(client, name));
  },
});
