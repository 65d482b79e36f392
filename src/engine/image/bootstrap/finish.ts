import { chmod } from "node:fs/promises";
import { configureApt } from "./apt-config.ts";
import { writeSources } from "./image-sources.ts";
import type { ServedSuite } from "./mirrors.ts";
import { clean, newestPackage, setTimes } from "./normalise.ts";
import type { SuiteRecipe } from "./recipe.ts";
import { slim } from "./slim.ts";

/**
 * Makes an installed tree what an image shall hold: the same from the same packages, whenever and wherever they were
 * installed. Answers the image's time in milliseconds since the epoch.
 */
export async function finish(
  root: string,
  recipe: SuiteRecipe,
  served: readonly ServedSuite[],
  keyring: string,
): Promise<number> {
  // Before changelogs go.
  const created = await newestPackage(root);
  await clean(root);
  if (recipe.variant === "slim") await slim(root);
  await configureApt(root);
  await writeSources(root, recipe, served, keyring);
  await chmod(root, 0o755);
  await setTimes(root, created);
  return created;
}
