import { inspectImage } from "../../../client/image/inspect.ts";
import { atLeast, command } from "../../command.ts";
import { unsupported } from "../../flags/kinds.ts";
import { objectFormat } from "../../opts/format.ts";
import { inspectAll } from "../inspect.ts";

export default command({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: atLeast(1),
  flags: {
    format: objectFormat(),
    platform: unsupported(
      "Inspect a specific platform of the multi-platform image",
      "string",
      "images of several platforms are not available in this version",
    ),
  },
  async run({ flags, args, connect }) {
    const client = await connect();
    return await inspectAll(args, flags.format, (name) => inspectImage(client, name));
  },
});
