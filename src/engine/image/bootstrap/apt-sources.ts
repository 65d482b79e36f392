import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../../errors/index.ts";

/** One archive that apt is told of: sources.list(5). */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** What the host's own apt gets binary packages from over HTTP, in the order that it reads them. */
export async function hostSources(etc = "/etc/apt"): Promise<AptSource[]> {
  const directory = join(etc, "sources.list.d");
  const names = await readdir(directory).catch(orNothing<string[]>([]));
  const paths = [join(etc, "sources.list"), ...names.toSorted().map((name) => join(directory, name))];
  const read = async (path: string) => {
    const parse = path.endsWith(".list")
      ? oneLineSources
      : path.endsWith(".sources")
        ? deb822Sources
        : undefined;
    return parse?.(await readFile(path, "utf8").catch(orNothing(""))) ?? [];
  };
  const all = (await Promise.all(paths.map(read))).flat();
  return all.filter(({ uri }) => /^https?:\/\//.test(uri));
}

/** `deb [options] URI SUITE COMPONENT…` */
export function oneLineSources(text: string): AptSource[] {
  const lines = text.matchAll(/^[ \t]*deb[ \t]+(?:\[[^\]\n]*\][ \t]*)?(\S+)[ \t]+(\S+)([^#\n]*)/gm);
  return [...lines].map(([, uri = "", suite = "", components = ""]) => ({
    uri: withSlash(uri),
    suites: [suite],
    components: words(components),
  }));
}

/** Stanzas of `Types`, `URIs`, `Suites`, `Components`. */
export function deb822Sources(text: string): AptSource[] {
  const plain = text.replace(/^#.*\n?/gm, "");
  return plain.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = [...stanza.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm)];
    const field = (name: string) =>
      words(fields.find(([, key = ""]) => key.toLowerCase() === name)?.[2] ?? "");
    if (!field("types").includes("deb") || field("enabled").includes("no")) return [];
    const [suites, components] = [field("suites"), field("components")];
    return field("uris").map((uri) => ({ uri: withSlash(uri), suites, components }));
  });
}

const withSlash = (uri: string) => uri.replace(/\/*$/, "/");
const words = (text: string) => text.split(/\s+/).filter(Boolean);

function orNothing<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (errnoOf(error) === "ENOENT") return nothing;
    throw error;
  };
}
