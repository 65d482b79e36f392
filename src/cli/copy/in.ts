import { lstatSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Client } from "../../client/client.ts";
import { putContainerArchive } from "../../client/container/archive.ts";
import { wrong } from "../local-error.ts";
import { archiveInput } from "../streams/archive-input.ts";
import type { CopyOptions } from "./copy-options.ts";
import { type ContainerLocation, meansContents, saysDirectory } from "./location.ts";
import { pack } from "./pack.ts";
import { type Plan, planCopy, type Target } from "./plan.ts";
import { Progress } from "./progress.ts";
import { containerTarget } from "./target.ts";

/** Copies into a container; `-` is an archive on stdin, to be unpacked in a directory. */
export async function copyIn(
  client: Client,
  from: string,
  to: ContainerLocation,
  options: CopyOptions,
): Promise<void> {
  const { container } = to;
  const target = await containerTarget(client, container, to.path);
  const query = { noOverwriteDirNonDir: true, copyUIDGID: options.keepOwner };
  if (from === "-") {
    if (!target.isDirectory) throw wrong(`destination "${container}:${to.path}" must be a directory`);
    const hint = "cp - reads a tar archive from stdin, but stdin is a terminal: use a pipe";
    return await putContainerArchive(client, container, target.path, archiveInput("-", hint), query);
  }
  // A trailing slash is about what a link points to.
  const followLink = options.followLink || saysDirectory(from);
  const { name, directory } = planIn(from, target, followLink);
  const progress = new Progress("Copying to container", options.quiet);
  let done: string | undefined;
  try {
    const tar = progress.follow(pack(resolve(from), name, followLink));
    await putContainerArchive(client, container, directory, tar, query);
    done = `${container}:${to.path}`;
  } finally {
    progress.end(done);
  }
}

function planIn(from: string, target: Target, followLink: boolean): Plan {
  const path = resolve(from);
  const info = (followLink ? statSync : lstatSync)(path, { throwIfNoEntry: false });
  if (info === undefined) throw wrong(`lstat ${path}: no such file or directory`);
  if (saysDirectory(from) && !info.isDirectory()) throw wrong(`${path}: not a directory`);
  const kept = meansContents(from) ? `${path}/.` : path;
  return planCopy({ path: kept, isDirectory: info.isDirectory() }, target);
}
