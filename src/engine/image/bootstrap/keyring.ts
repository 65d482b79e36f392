import { access } from "node:fs/promises";
import { unavailable } from "../../../errors/index.ts";
import type { ArchiveSettings } from "../../config/archives.ts";
import type { Distribution } from "./distributions.ts";

/** Where the keys are that a distribution's archive must be signed with; never is one taken that is not signed. */
export async function findKeyring(
  { name, title, keyring, keyringPackage }: Distribution,
  settings: ArchiveSettings,
): Promise<string> {
  const usual = ["pgp", "gpg"].map((ending) => `/usr/share/keyrings/${keyring}.${ending}`);
  for (const path of settings.keyring === undefined ? usual : [settings.keyring]) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  if (settings.keyring !== undefined)
    throw unavailable(
      `${title}'s archive cannot be verified: ${name}-keyring ${settings.keyring} cannot be read`,
    );
  throw unavailable(
    `${title}'s archive cannot be verified: install the package ${keyringPackage}, or name a file with its keys in the engine's option ${name}-keyring`,
  );
}
