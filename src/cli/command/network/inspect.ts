import { inspectNetwork } from "../../../client/network/inspect.ts";
import { atLeast, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { objectFormat } from "../../opts/format.ts";
import { inspectAll } from "../inspect.ts";

export default command({
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  arity: atLeast(1),
  flags: {
    format: objectFormat(),
    verbose: bool("Verbose output for diagnostics", { short: "v" }),
  },
  async run({ flags, args, connect }) {
    const client = await connect();
    return await inspectAll(args, flags.format, (name) =>
      inspectNetwork(client, name, { verbose: flags.verbose || undefined }),
    );
  },
});
