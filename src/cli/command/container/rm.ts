import { removeContainer } from "../../../client/container/remove.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { describe } from "../../report.ts";
import { printError } from "../../streams/print.ts";
import { forEach } from "../for-each.ts";

export default command({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags: {
    force: bool("Force the removal of a running container (uses SIGKILL)", { short: "f" }),
    link: bool("Remove the specified link", { short: "l" }),
    volumes: bool("Remove anonymous volumes associated with the container", { short: "v" }),
  },
  async run({ flags, args, connect }) {
    const client = await connect();
    const gone = new Set<string>();
    const remove = async (name: string): Promise<void> => {
      const trimmed = name.replace(/^\/+|\/+$/g, "");
      if (trimmed === "") throw wrong("container name cannot be empty");
      try {
        await removeContainer(client, trimmed, flags);
      } catch (error) {
        // As rm -f: what is gone already is as it was asked for; that is said and is no failure.
        if (!flags.force || !(error instanceof SlipwayError) || error.kind !== "notFound") throw error;
        printError(`${describe(error)}\n`);
        gone.add(name);
      }
    };
    return await forEach(args, remove, (name) => (gone.has(name) ? "" : `${name}\n`));
  },
});
