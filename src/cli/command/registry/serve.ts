import { readFile } from "node:fs/promises";
import { formatAccess, type RegistryServeMessage } from "../../../api/index.ts";
import { serveRegistry } from "../../../client/registry/serve.ts";
import { errnoOf } from "../../../errors/index.ts";
import { command, noArguments } from "../../command.ts";
import { bool, list, string } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS]",
  description:
    "Offer the engine's images to others as a registry (OCI distribution API 1.1), until the command ends.\n" +
    "Each request is a line of the output.",
  arity: noArguments,
  flags: {
    htpasswd: string("Let in only the users of this file (made with htpasswd -B)", { placeholder: "file" }),
    insecure: bool("Serve addresses that other hosts reach without TLS"),
    listen: string("Address and port to listen on; with port 0 any free one", { initial: "127.0.0.1:5000" }),
    prefix: list("Offer only repositories that begin with this"),
    "tls-cert": string("Serve HTTPS with this certificate (PEM)", { placeholder: "file" }),
    "tls-key": string("The certificate's key (PEM)", { placeholder: "file" }),
    writable: bool("Take pushes and deletions, too"),
  },
  async run({ flags, connect }) {
    const request = {
      Listen: flags.listen,
      Writable: flags.writable,
      Insecure: flags.insecure,
      Prefixes: flags.prefix,
      ...(await content("Certificate", flags["tls-cert"])),
      ...(await content("Key", flags["tls-key"])),
      ...(await content("Htpasswd", flags.htpasswd)),
    };
    const messages = await serveRegistry(await connect(), request);
    for await (const message of messages) print(`${line(message)}\n`);
    return 0;
  },
});

/** The engine may be on another host, so files' contents are sent and not their names. */
async function content<K extends string>(name: K, path: string): Promise<{ [name in K]?: string }> {
  if (path === "") return {};
  try {
    return { [name]: await readFile(path, "utf8") } as { [name in K]?: string };
  } catch (error) {
    throw wrong(`cannot read ${path}: ${errnoOf(error) ?? String(error)}`);
  }
}

function line(message: RegistryServeMessage): string {
  if ("Listening" in message) return `Serving on ${message.Listening}`;
  if ("Missed" in message) return `(${message.Missed} more requests came too fast to be shown)`;
  return `${message.Access.Time} ${formatAccess(message.Access)}`;
}
