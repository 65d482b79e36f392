import type { ContainerCreateRequest } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { startContainer } from "../../../client/container/start.ts";
import { formatHost } from "../../../client/host.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command, StatusError } from "../../command.ts";
import { withProxies } from "../../config/proxies.ts";
import { bool, string } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { programName } from "../../program.ts";
import { describe } from "../../report.ts";
import { print } from "../../streams/print.ts";
import { isTerminal, terminalSize } from "../../streams/terminal.ts";
import { runAttached } from "./attached.ts";
import { createNamed } from "./create-container.ts";
import { createFlags } from "./create-flags.ts";
import { createRequest } from "./create-request.ts";

const flags = {
  ...createFlags,
  detach: bool("Run container in background and print container ID", { short: "d" }),
  "detach-keys": string("Override the key sequence for detaching a container"),
  "sig-proxy": bool("Proxy received signals to the process", { on: true }),
};

export default command({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arity: atLeast(1),
  interspersed: false,
  flags,
  failureStatus: 125,
  async run({ flags, changed, args, config, connect, preferences }) {
    const configured = await preferences();
    const detachKeys = flags["detach-keys"] || (configured.detachKeys ?? "");
    const request = createRequest(flags, changed, args);
    if (flags.detach) detachRequest(request, flags.attach.length > 0);
    else if (request.AttachStdin && request.Tty && !isTerminal(0)) {
      throw new StatusError(1, "the input device is not a TTY");
    }
    const size = request.Tty ? terminalSize() : undefined;
    if (size !== undefined) request.HostConfig!.ConsoleSize = [size.height, size.width];
    const client = await connect();
    request.Env = withProxies(request.Env ?? [], configured, formatHost(client.address));
    const { Id } = await createNamed(client, request, flags, config);
    if (flags.detach) {
      await start(client, Id, detachKeys);
      print(`${Id}\n`);
      return 0;
    }
    return await runAttached(client, Id, {
      stdin: request.AttachStdin ?? false,
      stdout: request.AttachStdout ?? false,
      stderr: request.AttachStderr ?? false,
      tty: flags.tty,
      detachKeys,
      sigProxy: flags["sig-proxy"],
      until: flags.rm ? "removed" : "next-exit",
      start: () => start(client, Id, detachKeys),
    });
  },
});

function detachRequest(request: ContainerCreateRequest, attach: boolean): void {
  if (attach) throw wrong("conflicting options: cannot specify both --attach and --detach");
  Object.assign(request, { AttachStdin: false, AttachStdout: false, AttachStderr: false, StdinOnce: false });
}

/** A program that is not there or cannot be executed has the exit status that a shell gives it. */
async function start(client: Client, id: string, detachKeys: string): Promise<void> {
  try {
    await startContainer(client, id, { detachKeys: detachKeys || undefined });
  } catch (error) {
    const status = error instanceof SlipwayError ? error.details.exitCode : undefined;
    if (status === undefined) throw error;
    const program = programName();
    throw new StatusError(
      status,
      `${program}: ${describe(error)}\n\nRun '${program} run --help' for more information`,
    );
  }
}
