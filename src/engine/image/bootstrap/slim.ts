import { closeSync } from "node:fs";
import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import { openInRoot } from "../../../os/inroot.ts";
import { writeFiles } from "./apt-config.ts";
import { dpkgRules, isExcluded, places } from "./slim-paths.ts";

const O_PATH = 0o10000000;
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
    } else if (entry.isSymbolicLink() && leadsNowhere(root, below)) await rm(join(root, below));
    else continue;
    any = true;
  }
  return any;
}

/** As a container sees it: many go through `/etc/alternatives`. */
function leadsNowhere(root: string, path: string): boolean {
  try {
    closeSync(openInRoot(root, path, O_PATH));
    return false;
  } catch (error) {
    if (isAbsence(error) || errnoOf(error) === "ELOOP") return true;
    throw error;
  }
}

async function entriesOf(root: string, path: string) {
  try {
    return await readdir(join(root, path), { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === "ENOENT" || errno === "ENOTDIR";
}
