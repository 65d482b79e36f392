import { inspectImage } from "../../../client/image/inspect.ts";
import { atLeast, command } from "../../command.ts";
import { string } from "../../flags/kinds.ts";
import { platformOf } from "../../flags/platform.ts";
import { objectFormat } from "../../opts/format.ts";
import { inspectAll } from "../inspect.ts";

export default command({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  arity: atLeast(1),
  flags: {
    format: objectFormat(),
    platform: string(
      "Inspect a specific platform of the multi-platform image.\n" +
        "If the image is not for several platforms, it is an error if the platform does not match.\n" +
        "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)",
    ),
  },
  async run({ flags, args, connect }) {
    const platform = platformOf(flags.platform);
    const client = await connect();
    return await inspectAll(args, flags.format, (name) => inspectImage(client, name, { platform }));
  },
});
