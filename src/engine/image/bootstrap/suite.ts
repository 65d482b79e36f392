import { exportArchive } from "../../../layers/index.ts";
import type { Report } from "../progress.ts";
import type { ImageRooms } from "../rooms.ts";
import { hastenDpkg } from "./apt-config.ts";
import type { Base } from "./base.ts";
import { debootstrap, findDebootstrap } from "./debootstrap.ts";
import { finish } from "./finish.ts";
import { findKeyring } from "./keyring.ts";
import { chooseMirrors, servedSuites } from "./mirrors.ts";
import type { SuiteRecipe } from "./recipe.ts";
import { scratchDirectory } from "./scratch.ts";

/** A minimal Debian or Ubuntu. What is missing on the host or at the mirror is found out before anything is made. */
export async function suiteBase(
  rooms: Pick<ImageRooms, "archives" | "dataRoot">,
  recipe: SuiteRecipe,
  report: Report,
  signal: AbortSignal,
): Promise<Base> {
  const { distribution, suite, variant, include } = recipe;
  const settings = rooms.archives[distribution.name];
  const path = findDebootstrap(distribution);
  const keyring = await findKeyring(distribution, settings);
  const mirrors = await chooseMirrors(recipe, settings);
  const served = await servedSuites(recipe, mirrors, signal);
  await using stack = new AsyncDisposableStack();
  const { path: root } = stack.use(await scratchDirectory(rooms.dataRoot));
  report({ stream: `Fetching ${suite} from ${mirrors.main}\n` });
  await hastenDpkg(root);
  await debootstrap({ path, recipe, mirror: mirrors.main, keyring, root }, report, signal);
  const created = await finish(root, recipe, served, keyring);
  const packages = include.length === 0 ? "" : ` --include=${include.join(",")}`;
  const kept = stack.move();
  return {
    title: distribution.name,
    version: suite,
    created,
    command: "bash",
    comment: `bootstrap --variant=${variant}${packages} ${suite}`,
    layer: archiveOf(root, signal),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Begins when somebody reads it. */
async function* archiveOf(root: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* exportArchive(root, signal);
}
