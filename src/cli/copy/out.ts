import type { Client } from "../../client/client.ts";
import { writeArchive } from "../streams/archive-output.ts";
import type { CopyOptions } from "./copy-options.ts";
import type { ContainerLocation } from "./location.ts";
import { Progress } from "./progress.ts";
import { destinationOf, openSource } from "./source.ts";
import { localTarget } from "./target.ts";
import { unpack } from "./unpack.ts";

/** Copies out of a container; `-` is the archive itself on stdout. */
export async function copyOut(
  client: Client,
  from: ContainerLocation,
  to: string,
  options: CopyOptions,
): Promise<void> {
  if (to === "-") return await writeArchive("", (await openSource(client, from, options.followLink)).tar);
  const target = localTarget(to);
  const source = await openSource(client, from, options.followLink);
  const { directory, place } = destinationOf(source, target);
  const progress = new Progress("Copying from container", options.quiet);
  let done: string | undefined;
  try {
    await unpack(progress.follow(source.tar), directory, place, options.keepOwner);
    done = target.path;
  } finally {
    progress.end(done);
  }
}
