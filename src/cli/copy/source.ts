import type { Client } from "../../client/client.ts";
import { getContainerArchive } from "../../client/container/archive.ts";
import { wrong } from "../local-error.ts";
import { type ContainerLocation, splitPath } from "./location.ts";
import { type MemberPlace, renamedRoot, sameNames } from "./members.ts";
import { planCopy, type Target } from "./plan.ts";
import { isDirectory, isLink, linkTarget, statIfThere } from "./target.ts";

/** A container's archive of what is to be copied, and where it comes from. */
export interface ContainerSource {
  tar: AsyncIterable<Uint8Array>;
  path: string;
  isDirectory: boolean;
  /** More than one file, chosen by a pattern, each a member of the archive. */
  several: boolean;
}

/** Opens the source. A followed link's target arrives under its own name; what the user asked for is the link's. */
export async function openSource(
  client: Client,
  { container, path }: ContainerLocation,
  followLink: boolean,
  signal?: AbortSignal,
): Promise<ContainerSource> {
  const real = followLink ? await followed(client, container, path) : path;
  const { stat, tar, matches } = await getContainerArchive(client, container, real, signal);
  const one = matches === 1 ? `${splitPath(path).directory}/${stat.name}` : path;
  return { tar, path: one, isDirectory: isDirectory(stat), several: matches > 1 };
}

/** A pattern, or nothing: the archive says which. */
async function followed(client: Client, container: string, path: string): Promise<string> {
  const stat = await statIfThere(client, container, path);
  return stat !== undefined && isLink(stat) ? linkTarget(path, stat) : path;
}

/** Where the source's members go, below which directory. */
export function destinationOf(
  source: ContainerSource,
  target: Target,
): { directory: string; place: MemberPlace; unchanged: boolean } {
  if (!source.several) {
    const { directory, name } = planCopy(source, target);
    return { directory, place: renamedRoot(name), unchanged: false };
  }
  if (!target.isDirectory)
    throw wrong(`${source.path} matches several files: ${target.path} is no directory`);
  return { directory: target.path, place: sameNames, unchanged: true };
}
