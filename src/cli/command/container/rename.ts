import { renameContainer } from "../../../client/container/rename.ts";
import { command, exactly } from "../../command.ts";
import { wrong } from "../../local-error.ts";

export default command({
  usage: "CONTAINER NEW_NAME",
  arity: exactly(2),
  flags: {},
  async run({ args: [name = "", to = ""], connect }) {
    if (name.trim() === "" || to.trim() === "") throw wrong("Error: Neither old nor new names may be empty");
    await renameContainer(await connect(), name, to);
    return 0;
  },
});
