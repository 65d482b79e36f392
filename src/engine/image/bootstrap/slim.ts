import { lstat, mkdir, readdir, readlink, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import { writeFiles } from "./apt-config.ts";

/*
 * What Debian's own slim images lack, and what of that they keep: debuerreotype, scripts/.slimify-excludes and
 * scripts/.slimify-includes.
 */
const excludes = [
  "/usr/share/doc/*",
  "/usr/share/doc/kde/HTML/*/*",
  "/usr/share/gnome/help/*/*",
  "/usr/share/info/*",
  "/usr/share/linda/*",
  "/usr/share/lintian/overrides/*",
  "/usr/share/locale/*",
  "/usr/share/man/*",
  "/usr/share/omf/*/*-*.emf",
];
const includes = [
  "/usr/share/doc/*/copyright",
  "/usr/share/doc/kde/HTML/C/*",
  "/usr/share/gnome/help/*/C/*",
  "/usr/share/locale/all_languages",
  "/usr/share/locale/currency/*",
  "/usr/share/locale/l10n/*",
  "/usr/share/locale/languages",
  "/usr/share/locale/locale.alias",
  "/usr/share/omf/*/*-C.emf",
];

/** Where all of that is. */
const places = ["doc", "gnome/help", "info", "linda", "lintian/overrides", "locale", "man", "omf"].map(
  (name) => `/usr/share/${name}`,
);
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

function dpkgRules(): string {
  const lines = [
    "# This image is slim: what containers rarely need is left out of packages.",
    ...excludes.map((path) => `path-exclude ${path}`),
    ...includes.map((path) => `path-include ${path}`),
  ];
  return `${lines.join("\n")}\n`;
}

const excluded = excludes.map(pattern);
const included = includes.map(pattern);

/** As dpkg matches: `*` stands for slashes, too. */
function pattern(glob: string): RegExp {
  return new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "s");
}

async function deleteFiles(root: string, path: string): Promise<void> {
  for (const entry of await entriesOf(root, path)) {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) await deleteFiles(root, below);
    else if (entry.isSymbolicLink()) continue;
    else if (matches(excluded, below) && !matches(included, below)) await rm(join(root, below));
  }
}

const matches = (patterns: readonly RegExp[], path: string) => patterns.some((each) => each.test(path));

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
