import { posix } from "node:path";
import type { Client } from "../../client/client.ts";
import { putContainerArchive } from "../../client/container/archive.ts";
import { inspectContainer } from "../../client/container/inspect.ts";
import { wrong } from "../local-error.ts";
import type { CopyOptions } from "./copy-options.ts";
import type { ContainerLocation } from "./location.ts";
import { Progress } from "./progress.ts";
import { renamed } from "./rename.ts";
import { destinationOf, openSource } from "./source.ts";
import { containerTarget } from "./target.ts";

/** Copies from one container to another, or within one, without anything of it being written here. */
export async function copyAcross(
  client: Client,
  from: ContainerLocation,
  to: ContainerLocation,
  options: CopyOptions,
): Promise<void> {
  const target = await containerTarget(client, to.container, to.path);
  const abort = new AbortController();
  const source = await openSource(client, from, options.followLink, abort.signal);
  const progress = new Progress("Copying between containers", options.quiet);
  let done: string | undefined;
  try {
    if (source.isDirectory) await refuseIntoItself(client, from, to.container, target.path);
    const { directory, place, unchanged } = destinationOf(source, target);
    const tar = progress.follow(unchanged ? source.tar : renamed(source.tar, place));
    // Owners stay as they are at the source, with `-a` and without.
    await putContainerArchive(client, to.container, directory, tar, { noOverwriteDirNonDir: true });
    done = `${to.container}:${to.path}`;
  } finally {
    // What was not read of the source is not waited for.
    if (done === undefined) abort.abort();
    progress.end(done);
  }
}

/** A directory's copy below it would be copied, too, and so on. */
async function refuseIntoItself(
  client: Client,
  from: ContainerLocation,
  container: string,
  target: string,
): Promise<void> {
  const [inner, outer] = [posix.resolve("/", target), posix.resolve("/", from.path)];
  if (inner !== outer && !inner.startsWith(outer === "/" ? "/" : `${outer}/`)) return;
  const [one, other] = await Promise.all(
    [from.container, container].map((ref) => inspectContainer(client, ref)),
  );
  if (one?.Id === other?.Id) throw wrong(`cannot copy a directory, ${from.path}, into itself, ${target}`);
}
