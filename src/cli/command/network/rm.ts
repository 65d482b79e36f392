import type { Client } from "../../../client/client.ts";
import { inspectNetwork } from "../../../client/network/inspect.ts";
import { removeNetwork } from "../../../client/network/remove.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command, StatusError } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { describe } from "../../report.ts";
import { agrees } from "../../streams/confirm.ts";
import { print, printError } from "../../streams/print.ts";

const ingressWarning =
  "Before removing the routing-mesh network, make sure all the nodes in your swarm run the same docker engine " +
  "version. Otherwise, removal may not be effective and functionality of newly create ingress networks will be " +
  "impaired.";

export default command({
  usage: "NETWORK [NETWORK...]",
  arity: atLeast(1),
  flags: { force: bool("Do not error if the network does not exist", { short: "f" }) },
  async run({ flags, args, connect }) {
    const client = await connect();
    let failed = false;
    for (const name of args) {
      if ((await isIngress(client, name)) && !agrees(ingressWarning)) continue;
      try {
        await removeNetwork(client, name);
        print(`${name}\n`);
      } catch (error) {
        if (flags.force && isMissing(error)) continue;
        printError(`${describe(error)}\n`);
        failed = true;
      }
    }
    if (failed) throw new StatusError(1, "exit status 1");
    return 0;
  },
});

/** Only Docker's swarm has such networks, and this command line speaks to Docker's engine too. */
async function isIngress(client: Client, name: string): Promise<boolean> {
  try {
    return (await inspectNetwork(client, name)).Ingress;
  } catch (error) {
    if (error instanceof SlipwayError) return false;
    throw error;
  }
}

const isMissing = (error: unknown) => error instanceof SlipwayError && error.kind === "notFound";
