import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, unavailable } from "../../errors/index.ts";

/** Where the host's own apt gets Debian from. */
export interface DebianMirrors {
  main: string;
  /** Absent when the host has none. */
  security: string | undefined;
}

const patience = 10_000;

/** The first mirrors of Debian's main and security archives that the host's apt is configured with. */
export async function hostMirrors(): Promise<DebianMirrors> {
  const found = (await aptSources()).flatMap(mirrorsIn);
  const isSecurity = (mirror: string) => /security/.test(mirror);
  const main = found.find((mirror) => !isSecurity(mirror));
  if (main === undefined)
    throw unavailable("no Debian mirror is configured on this host: see sources.list(5)");
  return { main, security: found.find(isSecurity) };
}

/** A sources.list(5) with the suite, and with its updates and security fixes where the mirrors serve them. */
export async function sourcesList(
  { main, security }: DebianMirrors,
  suite: string,
  signal: AbortSignal,
): Promise<string> {
  const more: [string, string][] = [[main, `${suite}-updates`]];
  if (security !== undefined) more.push([security, `${suite}-security`]);
  const served = await Promise.all(more.map(([mirror, name]) => isServed(mirror, name, signal)));
  const all = [[main, suite], ...more.filter((_, index) => served[index])];
  return all.map(([mirror, name]) => `deb ${mirror} ${name} main\n`).join("");
}

/** An unreachable mirror serves nothing: the image is as good without. */
async function isServed(mirror: string, suite: string, signal: AbortSignal): Promise<boolean> {
  const url = `${mirror.replace(/\/$/, "")}/dists/${suite}/InRelease`;
  try {
    const answer = await fetch(url, {
      method: "HEAD",
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    return answer.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Of a one-line-style or a deb822-style file. */
function mirrorsIn(text: string): string[] {
  const lines = text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(https?:\/\/\S+)\s+\S+\s.*\bmain\b/gm);
  const fields = text.matchAll(/^URIs:\s*(https?:\/\/\S+)/gm);
  return [...lines, ...fields].map(([, mirror]) => mirror as string);
}

async function aptSources(): Promise<string[]> {
  const directory = "/etc/apt/sources.list.d";
  const names = (await readdir(directory).catch(orNothing([]))).filter((name) =>
    /\.(list|sources)$/.test(name),
  );
  const paths = ["/etc/apt/sources.list", ...names.sort().map((name) => join(directory, name))];
  return await Promise.all(paths.map((path) => readFile(path, "utf8").catch(orNothing(""))));
}

function orNothing<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (errnoOf(error) === "ENOENT") return nothing;
    throw error;
  };
}
