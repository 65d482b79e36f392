import { waitContainer } from "../../../client/container/wait.ts";
import { atLeast, command } from "../../command.ts";
import { describe } from "../../report.ts";
import { print, printError } from "../../streams/print.ts";

export default command({
  usage: "CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags: {},
  async run({ args, connect }) {
    const client = await connect();
    let status = 0;
    const waiting = args.map(async (name) => {
      const { result } = await waitContainer(client, name, "not-running");
      return await result;
    });
    for (const outcome of await Promise.allSettled(waiting)) {
      if (outcome.status === "fulfilled") print(`${outcome.value.StatusCode}\n`);
      else {
        printError(`${describe(outcome.reason)}\n`);
        status = 1;
      }
    }
    return status;
  },
});
