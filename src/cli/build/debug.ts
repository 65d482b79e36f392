import type { KeptStep } from "../../api/index.ts";
import type { Client } from "../../client/client.ts";
import { formatHost } from "../../client/host.ts";
import { removeImage } from "../../client/image/remove.ts";
import { shortId } from "../formatter/text.ts";
import { programName } from "../program.ts";
import { printError } from "../streams/print.ts";
import { isTerminal } from "../streams/terminal.ts";

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Opens a shell in the root file system that a failed step has left, with the step's variables, directory and user, and
 * removes what was kept for it at its end. Without a terminal it says how to open one.
 */
export async function lookInto(client: Client, { Image, Args }: KeptStep): Promise<void> {
  const command = ["run", "--rm", "-it", "--entrypoint", "/bin/sh", Image];
  printError(`\nThe step's command was:\n    ${Args.map(quoted).join(" ")}\n`);
  if (!isTerminal(0) || !isTerminal(1)) {
    const shown = [...command.slice(0, -1), shortId(Image)].join(" ");
    printError(`Its root file system is kept as an image. To look into it, and to remove it:\n`);
    printError(`    ${programName()} ${shown}\n    ${programName()} rmi ${shortId(Image)}\n`);
    return;
  }
  printError("This is a shell in the root file system that it has left; 'exit' ends it.\n");
  const argv = [process.execPath, "-H", formatHost(client.address), ...command];
  await Bun.spawn(argv, { stdio: ["inherit", "inherit", "inherit"] }).exited;
  await removeImage(client, Image, { force: true });
}
