import type { Client } from "../../../client/client.ts";
import { inspectContainer } from "../../../client/container/inspect.ts";
import { startContainer } from "../../../client/container/start.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command, StatusError } from "../../command.ts";
import { bool, string, unsupported } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { describe } from "../../report.ts";
import { isTerminal } from "../../streams/terminal.ts";
import { forEach } from "../for-each.ts";
import { runAttached } from "./attached.ts";

const noCheckpoints = "checkpoints are not available in this version";

export default command({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags: {
    attach: bool("Attach STDOUT/STDERR and forward signals", { short: "a" }),
    checkpoint: unsupported("Restore from this checkpoint", "string", noCheckpoints),
    "checkpoint-dir": unsupported("Use a custom checkpoint storage directory", "string", noCheckpoints),
    "detach-keys": string("Override the key sequence for detaching a container"),
    interactive: bool("Attach container's STDIN", { short: "i" }),
  },
  async run({ flags, args, connect, preferences }) {
    const client = await connect();
    const detachKeys = flags["detach-keys"] || ((await preferences()).detachKeys ?? "");
    if (!flags.attach && !flags.interactive) {
      return await forEach(args, (name) =>
        startContainer(client, name, { detachKeys: detachKeys || undefined }),
      );
    }
    if (args.length > 1) throw wrong("you cannot start and attach multiple containers at once");
    return await startAttached(client, args[0]!, flags.interactive, detachKeys);
  },
});

async function startAttached(
  client: Client,
  name: string,
  interactive: boolean,
  detachKeys: string,
): Promise<number> {
  const { Id, Config, HostConfig } = await inspectContainer(client, name);
  const tty = Config.Tty ?? false;
  const stdin = interactive && (Config.OpenStdin ?? false);
  if (stdin && tty && !isTerminal(0)) throw new StatusError(1, "the input device is not a TTY");
  return await runAttached(client, Id, {
    ...{ stdin, stdout: true, stderr: true, tty, detachKeys, sigProxy: true },
    until: HostConfig.AutoRemove ? "removed" : "next-exit",
    start: async () => {
      try {
        await startContainer(client, Id, { detachKeys: detachKeys || undefined });
      } catch (error) {
        const status = error instanceof SlipwayError ? error.details.exitCode : undefined;
        throw status === undefined ? error : new StatusError(status, describe(error));
      }
    },
  });
}
