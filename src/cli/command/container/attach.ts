import { inspectContainer } from "../../../client/container/inspect.ts";
import { command, exactly, StatusError } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { isTerminal } from "../../streams/terminal.ts";
import { runAttached } from "./attached.ts";

export default command({
  usage: "[OPTIONS] CONTAINER",
  arity: exactly(1),
  flags: {
    "detach-keys": string("Override the key sequence for detaching a container"),
    "no-stdin": bool("Do not attach STDIN"),
    "sig-proxy": bool("Proxy all received signals to the process", { on: true }),
  },
  async run({ flags, args: [name = ""], connect, preferences }) {
    const client = await connect();
    const { Id, State, Config } = await inspectContainer(client, name);
    if (!State.Running) throw wrong("cannot attach to a stopped container, start it first");
    if (State.Paused) throw wrong("cannot attach to a paused container, unpause it first");
    if (State.Restarting) throw wrong("cannot attach to a restarting container, wait until it is running");
    const stdin = !flags["no-stdin"] && (Config.OpenStdin ?? false);
    const tty = Config.Tty ?? false;
    if (stdin && tty && !isTerminal(0)) throw new StatusError(1, "the input device is not a TTY");
    return await runAttached(client, Id, {
      ...{ stdin, stdout: true, stderr: true, tty, until: "not-running" },
      detachKeys: flags["detach-keys"] || ((await preferences()).detachKeys ?? ""),
      sigProxy: flags["sig-proxy"],
      detachedStatus() {
        throw new StatusError(1, "read escape sequence");
      },
    });
  },
});
