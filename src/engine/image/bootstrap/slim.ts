import { lstat, mkdir, readdir, readlink, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import { writeFiles } from "./apt-config.ts";
import { dpkgRules, isExcluded, places } from "./slim-paths.ts";

const manual = "/usr/share/man";

/** Removes what a slim image lacks, and tells dpkg to leave it out of packages that are installed later. */
export async function slim(root: string): Promise<void> {
  const sections = (await entriesOf(root, manual))
    .map(({ name }) => name)
    .filter((name) => /^man\d$/.test(name));
  for (const place of places) await deleteFiles(root, place);
  // A link that led nowhere may have been the last in its directory, and a directory what a link led to.
  while ((await Promise.all(places.map((place) => deleteRemains(root, place)))).includes(true));
  // Scripts of packages (update-alternatives) fail without them.
  for (const section of sections) await mkdir(join(root, manual, section), { recursive: true });
  await writeFiles(root, { "etc/dpkg/dpkg.cfg.d/docker": dpkgRules() });
}

async function deleteFiles(root: string, path: string): Promise<void> {
  for (const entry of await entriesOf(root, path)) {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) await deleteFiles(root, below);
    else if (entry.isSymbolicLink()) continue;
    else if (isExcluded(below)) await rm(join(root, below));
  }
}

/** Deletes empty directories and links that lead nowhere; answers whether there were any. */
async function deleteRemains(root: string, path: string): Promise<boolean> {
  let any = false;
  for (const entry of await entriesOf(root, path)) {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      if (await deleteRemains(root, below)) any = true;
      if ((await entriesOf(root, below)).length > 0) continue;
      await rmdir(join(root, below));
    } else if (entry.isSymbolicLink() && (await leadsNowhere(root, below))) await rm(join(root, below));
    else continue;
    any = true;
  }
  return any;
}

async function leadsNowhere(root: string, path: string): Promise<boolean> {
  const target = resolve(dirname(path), await readlink(join(root, path)));
  return (await orAbsent(lstat(join(root, target)))) === undefined;
}

async function entriesOf(root: string, path: string) {
  return (await orAbsent(readdir(join(root, path), { withFileTypes: true }))) ?? [];
}

async function orAbsent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    throw error;
  }
}
