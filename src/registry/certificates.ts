import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, invalid } from "../errors/index.ts";

/** PEM texts: of authorities that vouch for a registry, and the pair with which the client proves itself. */
export interface Certificates {
  readonly authorities: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/**
 * What the directories say of a host (`name:port`), in Docker's layout: `<host>/*.crt` are authorities, `X.cert` and `X.key`
 * make a pair; of several pairs the first is used. `invalid` for half a pair.
 */
export async function readCertificates(directories: readonly string[], host: string): Promise<Certificates> {
  const authorities: string[] = [];
  let pair: { cert: string; key: string } | undefined;
  for (const directory of directories.map((parent) => join(parent, host))) {
    const names = (await namesIn(directory)).sort();
    const read = (name: string) => readFile(join(directory, name), "utf8");
    for (const name of names.filter((name) => name.endsWith(".crt"))) authorities.push(await read(name));
    for (const [have, want] of [
      [".cert", ".key"],
      [".key", ".cert"],
    ] as const) {
      const alone = names.find((name) => name.endsWith(have) && !names.includes(swap(name, have, want)));
      if (alone !== undefined)
        throw invalid(`${join(directory, alone)}: ${swap(alone, have, want)} is missing beside it`);
    }
    const cert = names.find((name) => name.endsWith(".cert"));
    if (cert !== undefined && pair === undefined)
      pair = { cert: await read(cert), key: await read(swap(cert, ".cert", ".key")) };
  }
  return { authorities, ...pair };
}

const swap = (name: string, before: string, after: string) => `${name.slice(0, -before.length)}${after}`;

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return [];
    throw invalid(`cannot read the certificates in ${directory}: ${errnoOf(error)}`, { cause: error });
  }
}
