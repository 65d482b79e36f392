import { containerChanges } from "../../../client/container/changes.ts";
import { command, exactly } from "../../command.ts";
import { print } from "../../streams/print.ts";

const letters = { 0: "C", 1: "A", 2: "D" } as const;

export default command({
  usage: "CONTAINER",
  arity: exactly(1),
  flags: {},
  async run({ args: [name = ""], connect }) {
    const changes = await containerChanges(await connect(), name);
    print(changes.map(({ Kind, Path }) => `${letters[Kind]} ${Path}\n`).join(""));
    return 0;
  },
});
