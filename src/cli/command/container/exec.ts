import type { Client } from "../../../client/client.ts";
import { createExec } from "../../../client/exec/create.ts";
import { inspectExec } from "../../../client/exec/inspect.ts";
import { resizeExec } from "../../../client/exec/resize.ts";
import { startExec, startExecDetached } from "../../../client/exec/start.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command, StatusError } from "../../command.ts";
import { bool, list, string } from "../../flags/kinds.ts";
import { readKeyValues } from "../../opts/key-values.ts";
import { validateEnv } from "../../opts/validate.ts";
import { describe } from "../../report.ts";
import { runSession } from "../../streams/session.ts";
import { isTerminal, terminalSize } from "../../streams/terminal.ts";

export default command({
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  arity: atLeast(2),
  interspersed: false,
  flags: {
    detach: bool("Detached mode: run command in the background", { short: "d" }),
    "detach-keys": string("Override the key sequence for detaching a container"),
    env: list("Set environment variables", { short: "e", check: validateEnv }),
    "env-file": list("Read in a file of environment variables"),
    interactive: bool("Keep STDIN open even if not attached", { short: "i" }),
    privileged: bool("Give extended privileges to the command"),
    tty: bool("Allocate a pseudo-TTY", { short: "t" }),
    user: string('Username or UID (format: "<name|uid>[:<group|gid>]")', { short: "u" }),
    workdir: string("Working directory inside the container", { short: "w" }),
  },
  async run({ flags, args: [container = "", ...words], connect, preferences }) {
    const { tty, detach, interactive } = flags;
    if (interactive && tty && !detach && !isTerminal(0)) {
      throw new StatusError(1, "the input device is not a TTY");
    }
    const detachKeys = flags["detach-keys"] || ((await preferences()).detachKeys ?? "");
    const size = tty && !detach ? terminalSize() : undefined;
    const console = size === undefined ? {} : { ConsoleSize: [size.height, size.width] };
    const client = await connect();
    const { Id } = await createExec(client, container, {
      User: flags.user,
      Privileged: flags.privileged,
      Tty: tty,
      ...console,
      AttachStdin: !detach && interactive,
      AttachStdout: !detach,
      AttachStderr: !detach,
      DetachKeys: detachKeys,
      Env: readKeyValues("env-file", flags["env-file"], flags.env, true),
      WorkingDir: flags.workdir,
      Cmd: words,
    });
    if (detach) {
      await failing(startExecDetached(client, Id, { Tty: tty }));
      return 0;
    }
    const stream = await failing(startExec(client, Id, { Tty: tty, ...console }));
    const resize = (to: { height: number; width: number }) => resizeExec(client, Id, to);
    const { detached } = await runSession(stream, { stdin: interactive, tty, detachKeys, resize });
    return detached ? 0 : await exitCode(client, Id);
  },
});

async function exitCode(client: Client, id: string): Promise<number> {
  return (await inspectExec(client, id)).ExitCode ?? 0;
}

/** A program that is not there or cannot be executed has the exit status that a shell gives it. */
async function failing<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    const status = error instanceof SlipwayError ? error.details.exitCode : undefined;
    throw status === undefined ? error : new StatusError(status, describe(error));
  }
}
