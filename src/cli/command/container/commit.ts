import { commitContainer } from "../../../client/container/commit.ts";
import { between, command } from "../../command.ts";
import { bool, list, string } from "../../flags/kinds.ts";
import { splitTarget } from "../../opts/reference.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  arity: between(1, 2),
  flags: {
    author: string('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: "a" }),
    change: list("Apply Dockerfile instruction to the created image", { short: "c" }),
    message: string("Commit message", { short: "m" }),
    pause: bool("Pause container during commit", { short: "p", on: true }),
  },
  async run({ flags, args: [container = "", target = ""], connect }) {
    const { Id } = await commitContainer(await connect(), container, {
      ...splitTarget(target),
      comment: flags.message,
      author: flags.author,
      changes: flags.change,
      pause: flags.pause,
    });
    print(`${Id}\n`);
    return 0;
  },
});
