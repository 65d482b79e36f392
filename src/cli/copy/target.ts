import { lstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { posix, resolve } from "node:path";
import type { ContainerPathStat } from "../../api/index.ts";
import type { Client } from "../../client/client.ts";
import { getContainerArchive, statContainerPath } from "../../client/container/archive.ts";
import { SlipwayError } from "../../errors/index.ts";
import { wrong } from "../local-error.ts";
import { meansContents, saysDirectory, splitPath } from "./location.ts";
import type { Target } from "./plan.ts";

/* The high bits of Go's os.FileMode. */
export const isDirectory = ({ mode }: ContainerPathStat): boolean => (mode & 0x8000_0000) !== 0;
export const isLink = ({ mode }: ContainerPathStat): boolean => (mode & 0x0800_0000) !== 0;
const isOther = ({ mode }: ContainerPathStat): boolean => (mode & 0x0700_0000) !== 0;

/** What is at the destination in a container; a link there stands for what it points to, also when that is missing. */
export async function containerTarget(client: Client, container: string, path: string): Promise<Target> {
  const found = await statIfThere(client, container, path);
  if (found === undefined) return { path, exists: false, isDirectory: false };
  const real = isLink(found) ? linkTarget(path, found) : path;
  const stat = real === path ? found : await statIfThere(client, container, real);
  if (stat === undefined) return { path: real, exists: false, isDirectory: false };
  if (isOther(stat)) {
    throw wrong(`destination "${container}:${path}" must be a directory or a regular file`);
  }
  return { path: real, exists: true, isDirectory: isDirectory(stat) };
}

/** What a link in a container points to, from the root. */
export const linkTarget = (path: string, { linkTarget: text }: ContainerPathStat): string =>
  posix.resolve("/", splitPath(path).directory, text);

/**
 * What is refused is taken as absent: an answer to HEAD has no words, the copy itself says what is wrong. An engine that
 * could not look, such as for a disk that is slow, has said nothing about what is there: a copy would go to a wrong place.
 */
export async function statIfThere(
  client: Client,
  container: string,
  path: string,
): Promise<ContainerPathStat | undefined> {
  try {
    return await statContainerPath(client, container, path);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    if (error.kind !== "unavailable" && error.kind !== "system") return undefined;
  }
  try {
    return await statWithWords(client, container, path);
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "notFound") return undefined;
    throw error;
  }
}

/** Asks once more, in the way whose failure has words. */
async function statWithWords(client: Client, container: string, path: string): Promise<ContainerPathStat> {
  const controller = new AbortController();
  try {
    return (await getContainerArchive(client, container, path, controller.signal)).stat;
  } finally {
    controller.abort();
  }
}

/** As many links as docker's command line follows. */
const maxLinks = 10;

/** What is at a destination here. Its directory must be there. */
export function localTarget(to: string): Target {
  const ending = meansContents(to) ? "/." : saysDirectory(to) ? "/" : "";
  let path = resolve(to) + ending;
  const { directory } = splitPath(resolve(to));
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) {
    throw wrong(`invalid output path: directory "${directory}" does not exist`);
  }
  let info = look(path);
  for (let links = 0; info?.isSymbolicLink(); links++) {
    if (links > maxLinks) throw wrong(`too many symlinks in ${to}`);
    path = resolve(splitPath(path).directory, readlinkSync(path));
    info = look(path);
  }
  if (info !== undefined && !info.isDirectory() && !info.isFile()) {
    throw wrong(`invalid output path: "${to}" must be a directory or a regular file`);
  }
  return { path, exists: info !== undefined, isDirectory: info?.isDirectory() ?? false };
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
