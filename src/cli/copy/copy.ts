import type { Client } from "../../client/client.ts";
import { wrong } from "../local-error.ts";
import { copyAcross } from "./across.ts";
import type { CopyOptions } from "./copy-options.ts";
import { copyIn } from "./in.ts";
import { type ContainerLocation, isInContainer, type Location, parseLocation } from "./location.ts";
import { copyOut } from "./out.ts";
import { containerTarget, localTarget } from "./target.ts";

/** Copies each source to the target, which must be a directory when there are several. */
export async function copyAll(
  sources: readonly string[],
  target: string,
  options: CopyOptions,
  connect: () => Promise<Client>,
): Promise<void> {
  if (sources.includes("")) throw wrong("source can not be empty");
  if (target === "") throw wrong("destination can not be empty");
  const to = parseLocation(target);
  const from = sources.map(parseLocation);
  if (!isInContainer(to) && !from.every(isInContainer)) {
    throw wrong("must specify at least one container source");
  }
  const client = await connect();
  if (from.length > 1) await checkDirectory(client, from, to, target);
  for (const source of from) await copy(client, source, to, options);
}

async function checkDirectory(
  client: Client,
  from: readonly Location[],
  to: Location,
  shown: string,
): Promise<void> {
  if (to.path === "-" || from.some(({ path }) => path === "-")) {
    throw wrong("- stands for one archive: it cannot be used with several sources");
  }
  const found = isInContainer(to)
    ? await containerTarget(client, to.container, to.path)
    : localTarget(to.path);
  if (!found.isDirectory) throw wrong(`several sources need a directory to go into, and ${shown} is none`);
}

async function copy(client: Client, from: Location, to: Location, options: CopyOptions): Promise<void> {
  if (!isInContainer(from)) await copyIn(client, from.path, to as ContainerLocation, options);
  else if (isInContainer(to)) await copyAcross(client, from, to, options);
  else await copyOut(client, from, to.path, options);
}
