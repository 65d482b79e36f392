import { disconnectNetwork } from "../../../client/network/disconnect.ts";
import { command, exactly } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";

export default command({
  usage: "[OPTIONS] NETWORK CONTAINER",
  arity: exactly(2),
  flags: { force: bool("Force the container to disconnect from a network", { short: "f" }) },
  async run({ flags, args: [network = "", container = ""], connect }) {
    await disconnectNetwork(await connect(), network, { Container: container, Force: flags.force });
    return 0;
  },
});
