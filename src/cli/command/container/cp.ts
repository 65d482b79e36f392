import { statSync } from "node:fs";
import { posix, resolve } from "node:path";
import type { ContainerPathStat } from "../../../api/index.ts";
import { writeTar } from "../../../archive/index.ts";
import type { Client } from "../../../client/client.ts";
import {
  getContainerArchive,
  putContainerArchive,
  statContainerPath,
} from "../../../client/container/archive.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { command, exactly } from "../../command.ts";
import {
  type Location,
  meansContents,
  parseLocation,
  saysDirectory,
  splitPath,
} from "../../copy/location.ts";
import { pack } from "../../copy/pack.ts";
import { planCopy, type Target } from "../../copy/plan.ts";
import { unpack } from "../../copy/unpack.ts";
import { bool } from "../../flags/kinds.ts";
import { shortSize } from "../../formatter/size.ts";
import { wrong } from "../../local-error.ts";
import { archiveInput } from "../../streams/archive-input.ts";
import { writeArchive } from "../../streams/archive-output.ts";
import { printError } from "../../streams/print.ts";
import { isTerminal } from "../../streams/terminal.ts";

interface Options {
  keepOwner: boolean;
  followLink: boolean;
  quiet: boolean;
}

export default command({
  usage: ["[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-", "[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"],
  description:
    "Copy files/folders between a container and the local filesystem\n\n" +
    "With '-' as the source, a tar archive is read from stdin and unpacked into a\n" +
    "directory of the container. With '-' as the destination, a tar archive of the\n" +
    "container's path is written to stdout.",
  arity: exactly(2),
  flags: {
    archive: bool("Archive mode (copy all uid/gid information)", { short: "a" }),
    "follow-link": bool("Always follow symbol link in SRC_PATH", { short: "L" }),
    quiet: bool(
      "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
      { short: "q" },
    ),
  },
  async run({ flags, args: [source = "", target = ""], connect }) {
    const from = parseLocation(source);
    const to = parseLocation(target);
    if (from.container !== undefined && to.container !== undefined) {
      throw wrong("copying between containers is not supported");
    }
    if (from.container === undefined && to.container === undefined) {
      throw wrong("must specify at least one container source");
    }
    const quiet = flags.quiet || !isTerminal(1);
    const options = { keepOwner: flags.archive, followLink: flags["follow-link"], quiet };
    const client = await connect();
    if (from.container !== undefined) await copyOut(client, from, to.path, options);
    else await copyIn(client, from.path, to, options);
    return 0;
  },
});

async function copyOut(client: Client, from: Location, to: string, options: Options): Promise<void> {
  const container = from.container!;
  let path = from.path;
  if (options.followLink) path = await resolveLink(client, container, path);
  const { stat, tar } = await getContainerArchive(client, container, path);
  if (to === "-") return await writeArchive("", tar);
  const absolute = saysDirectory(to) ? `${resolve(to)}/` : resolve(to);
  const info = statSync(absolute, { throwIfNoEntry: false });
  const target = { path: absolute, exists: info !== undefined, isDirectory: info?.isDirectory() ?? false };
  if (!target.exists && statSync(splitPath(absolute).directory, { throwIfNoEntry: false }) === undefined) {
    throw wrong(`invalid output path: directory "${splitPath(absolute).directory}" does not exist`);
  }
  // A followed link's target arrives under its own name; the user asked for the link's.
  const plan = planCopy({ path: from.path, isDirectory: isDirectory(stat) }, target);
  const counter = { bytes: 0 };
  await unpack(counted(tar, counter), plan, options.keepOwner);
  if (!options.quiet) printError(`Successfully copied ${shortSize(counter.bytes)} to ${absolute}\n`);
}

async function resolveLink(client: Client, container: string, path: string): Promise<string> {
  const { mode, linkTarget } = await statContainerPath(client, container, path);
  return isSymlink(mode) ? posix.resolve("/", splitPath(path).directory, linkTarget) : path;
}

async function copyIn(client: Client, from: string, to: Location, options: Options): Promise<void> {
  const container = to.container!;
  const target = await containerTarget(client, container, to.path);
  const query = { noOverwriteDirNonDir: true, copyUIDGID: options.keepOwner };
  if (from === "-") {
    if (!target.isDirectory) throw wrong(`destination "${container}:${to.path}" must be a directory`);
    const archive = archiveInput(
      "-",
      "cp - reads a tar archive from stdin, but stdin is a terminal: use a pipe",
    );
    return await putContainerArchive(client, container, target.path, archive, query);
  }
  const path = resolve(from);
  // A trailing slash is about what a link points to.
  const followLink = options.followLink || saysDirectory(from);
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined && followLink) throw wrong(`lstat ${path}: no such file or directory`);
  if (saysDirectory(from) && !info?.isDirectory()) throw wrong(`${path}: not a directory`);
  const kept = meansContents(from) ? `${path}/.` : path;
  const plan = planCopy({ path: kept, isDirectory: info?.isDirectory() ?? false }, target);
  const counter = { bytes: 0 };
  const tar = counted(writeTar(pack(path, plan.name, followLink)), counter);
  await putContainerArchive(client, container, plan.directory, tar, query);
  if (!options.quiet) {
    printError(`Successfully copied ${shortSize(counter.bytes)} to ${container}:${to.path}\n`);
  }
}

/** What is at the destination; what cannot be asked is taken as absent, and the copy itself says what is wrong. */
async function containerTarget(client: Client, container: string, path: string): Promise<Target> {
  try {
    const stat = await statContainerPath(client, container, path);
    if (!isSymlink(stat.mode)) return { path, exists: true, isDirectory: isDirectory(stat) };
    const target = posix.resolve("/", splitPath(path).directory, stat.linkTarget);
    const followed = await statContainerPath(client, container, target);
    return { path: target, exists: true, isDirectory: isDirectory(followed) };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.kind !== "notFound") throw error;
    return { path, exists: false, isDirectory: false };
  }
}

/* The high bits of Go's os.FileMode. */
const isDirectory = (stat: ContainerPathStat): boolean => (stat.mode & 0x8000_0000) !== 0;
const isSymlink = (mode: number): boolean => (mode & 0x0800_0000) !== 0;

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  counter: { bytes: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    counter.bytes += chunk.length;
    yield chunk;
  }
}
