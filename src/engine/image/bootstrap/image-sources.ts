import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import { writeFiles } from "./apt-config.ts";
import type { ServedSuite } from "./mirrors.ts";
import type { SuiteRecipe } from "./recipe.ts";

const oneLineFile = "etc/apt/sources.list";

/** Tells the image's apt where packages come from, and who must have signed them. */
export async function writeSources(
  root: string,
  { distribution, suite }: SuiteRecipe,
  served: readonly ServedSuite[],
  keyring: string,
): Promise<void> {
  const keys = await imageKeyring(root, distribution.keyring, keyring);
  if (distribution.oneLineSuites.has(suite)) {
    const line = (each: ServedSuite) =>
      `deb [signed-by=${keys}] ${each.mirror} ${each.suite} ${distribution.components}\n`;
    await writeFiles(root, { [oneLineFile]: served.map(line).join("") });
    return;
  }
  await rm(join(root, oneLineFile), { force: true });
  const text = deb822(served, distribution.components, keys);
  await writeFiles(root, { [`etc/apt/sources.list.d/${distribution.name}.sources`]: text });
}

/** One stanza for each mirror. */
function deb822(served: readonly ServedSuite[], components: string, keys: string): string {
  const stanza = (mirror: string) => {
    const suites = served.filter((each) => each.mirror === mirror).map(({ suite }) => suite);
    return `Types: deb\nURIs: ${mirror}\nSuites: ${suites.join(" ")}\nComponents: ${components}\nSigned-By: ${keys}\n`;
  };
  return [...new Set(served.map(({ mirror }) => mirror))].map(stanza).join("\n");
}

/** The distribution's own keys as its packages brought them; those of a mirror that signs by itself come along. */
async function imageKeyring(root: string, name: string, used: string): Promise<string> {
  if (basename(used).startsWith(`${name}.`)) {
    for (const ending of ["pgp", "gpg"]) {
      const path = `/usr/share/keyrings/${name}.${ending}`;
      if (await isFilled(join(root, path))) return path;
    }
  }
  const path = `/etc/apt/keyrings/${basename(used)}`;
  await mkdir(dirname(join(root, path)), { recursive: true });
  await copyFile(used, join(root, path));
  return path;
}

async function isFilled(path: string): Promise<boolean> {
  try {
    return (await readFile(path)).length > 0;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}
