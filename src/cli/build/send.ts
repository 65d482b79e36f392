import { closeSync, constants, openSync } from "node:fs";
import type { BuildContext, BuildMessage, BuildRequest } from "../../api/index.ts";
import { build } from "../../client/build/build.ts";
import type { Client } from "../../client/client.ts";

type Directory = Extract<BuildContext, { Kind: "directory" }>;

const isDirectory = (context: BuildContext): context is Directory => context.Kind === "directory";

/**
 * Asks for a build. An engine on this host reads directories where they are; one elsewhere says that it does not see them, or
 * is known to be elsewhere, and gets an archive of them.
 */
export async function* requestBuild(
  client: Client,
  request: BuildRequest,
  archive: AsyncIterable<Uint8Array> | undefined,
  signal: AbortSignal,
): AsyncGenerator<BuildMessage> {
  const directories = request.Contexts.filter(isDirectory);
  if (archive !== undefined || directories.length === 0) {
    yield* build(client, request, archive, signal);
    return;
  }
  if ("unix" in client.address) {
    let unseen = false;
    for await (const message of build(client, request, [], signal)) {
      unseen = message.error?.unseen === true;
      if (!unseen) yield message;
    }
    if (!unseen) return;
  }
  const sent = request.Contexts.map((context): BuildContext => {
    const { Name } = context;
    return isDirectory(context) ? { Name, Kind: "archive", Prefix: prefixOf(directories, context) } : context;
  });
  yield* build(client, { ...request, Contexts: sent }, packed(directories), signal);
}

const prefixOf = (all: readonly Directory[], one: Directory): string => String(all.indexOf(one));

/** Each directory under its number. What packs them is loaded for engines elsewhere. */
async function* packed(directories: readonly Directory[]): AsyncGenerator<Uint8Array> {
  const { FilePacker } = await import("../../archive/files/index.ts");
  const packer = new FilePacker();
  for (const directory of directories) {
    const fd = openSync(directory.Path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      yield* packer.open(fd, Buffer.from(prefixOf(directories, directory)));
    } finally {
      closeSync(fd);
    }
  }
  yield* packer.end();
}
